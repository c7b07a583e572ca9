package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayList;
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
    @Mixin private ExperimentOptions options = new ExperimentOptions();

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

    @Override
    public Integer call() throws IOException {
        ExperimentScale size = options.brief() ? ExperimentScale.SHORT : ExperimentScale.FULL;
        ExperimentScale scale = options.choose() ? size.forChoosing() : size;
        Design design = new ClarcDesign(options.data(), options.models(), scale);
        Experiment experiment = new Experiment(design, options.out(), output.progress());
        List<JsonNode> cells = experiment.run(cells(scale));
        new ExperimentResult(
                        "Concept-based corrections on biased Fashion-MNIST",
                        options.command("clarc", methods, sets),
                        "Mean ± sample standard deviation over seeds "
                                + options.seeds()
                                + ". Accuracies on "
                                + options.measuredRows()
                                + " rows; sensitivity in logits per unit of activation"
                                + " along the CAV of the biased model.",
                        new ExperimentResult.Rows(
                                scale.trainingImages(), scale.testImages(), cells),
                        ClarcTable.of(cells))
                .write(options.out(), output);
        return ExitCode.DONE;
    }

    private List<Cell> cells(ExperimentScale scale) {
        List<Cell> cells = new ArrayList<>();
        for (String set : sets) {
            Study study = Study.of(set);
            for (long seed : options.seeds()) {
                for (String entry : methods) {
                    cells.add(
                            new Cell(
                                    study.label(),
                                    scale.trainingImages(),
                                    scale.choosing(),
                                    seed,
                                    entry));
                }
            }
        }
        return cells;
    }
}
