package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Version;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** Concept-based corrections on Fashion-MNIST with a patch and with colours. */
@Command(
        name = "clarc",
        description =
                "Correct biased Fashion-MNIST models by several methods, over data sets and seeds;"
                        + " writes results.json and results.md. Finished cells are kept.")
final class ClarcCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(
            names = "--data",
            required = true,
            description = "Folder of the four IDX files of Fashion-MNIST.")
    private Path data = Path.of("");

    @Option(
            names = "--models",
            required = true,
            description = "Folder of the committed archives, deploy/models.")
    private Path models = Path.of("");

    @Option(names = "--out", required = true, description = "Folder for cells, models and tables.")
    private Path out = Path.of("");

    @Option(
            names = "--methods",
            split = ",",
            defaultValue = "vanilla,rr-clarc",
            description = "Methods, or entries of clarc-methods.yaml; default: ${DEFAULT-VALUE}.")
    private List<String> methods = List.of();

    @Option(
            names = "--sets",
            split = ",",
            defaultValue = "patch,colour-0.99,colour-0.997",
            description = "Data sets; default: ${DEFAULT-VALUE}.")
    private List<String> sets = List.of();

    @Option(
            names = "--seeds",
            split = ",",
            defaultValue = "1,2,3",
            description = "Seeds of data and training; default: ${DEFAULT-VALUE}.")
    private List<Long> seeds = List.of();

    @Option(names = "--short", description = "Fewer images and epochs, the same steps.")
    private boolean brief;

    @Option(
            names = "--choose",
            description =
                    "Measure on training images that no run trains on, to choose parameters without"
                            + " the test images.")
    private boolean choose;

    @Override
    public Integer call() throws IOException {
        ExperimentScale size = brief ? ExperimentScale.SHORT : ExperimentScale.FULL;
        ExperimentScale scale = choose ? size.forChoosing() : size;
        ClarcExperiment experiment =
                new ClarcExperiment(data, models, out, scale, output.progress());
        List<JsonNode> cells =
                experiment.run(sets.stream().map(Study::of).toList(), seeds, methods);
        ResultsTable table = new ResultsTable(cells);
        ObjectNode result =
                Output.object()
                        .put("plumbline", Version.text())
                        .put("command", command())
                        .put("training_images", scale.trainingImages())
                        .put("test_images", scale.testImages());
        result.set("rows", table.json());
        result.putArray("cells").addAll(cells);
        Files.writeString(
                out.resolve("results.json"), Output.text(result) + System.lineSeparator());
        String text =
                "# Concept-based corrections on biased Fashion-MNIST\n\n`"
                        + command()
                        + "`\n\nMean ± sample standard deviation over seeds "
                        + seeds
                        + ". Accuracies on "
                        + (choose ? "held-out training" : "test")
                        + " rows; sensitivity in logits per unit of activation"
                        + " along the CAV of the biased model.\n\n"
                        + table.markdown();
        Files.writeString(out.resolve("results.md"), text);
        output.result(result, Output.object().put("table", System.lineSeparator() + text));
        return ExitCode.DONE;
    }

    private String command() {
        return "deploy/plumbline experiment clarc --data "
                + data
                + " --models "
                + models
                + " --out "
                + out
                + " --methods "
                + String.join(",", methods)
                + " --sets "
                + String.join(",", sets)
                + " --seeds "
                + seeds.toString().replaceAll("[\\[\\] ]", "")
                + (brief ? " --short" : "")
                + (choose ? " --choose" : "");
    }
}
