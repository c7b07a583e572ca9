package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.experiment.Population;
import org.plumbline.cli.experiment.PopulationPlan;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Makes honest and attacked models for {@code experiment}. Confined to one thread. */
@Command(
        name = "population",
        description =
                "Make honest and attacked models to measure detection on. Models found in the"
                        + " folder are not made again.",
        sortOptions = false)
final class FairwashPopulationCommand implements Callable<Integer> {
    @Option(
            names = "--data",
            defaultValue = "/usr/share/datasets/fashion-mnist",
            description = "Folder of the four IDX files (default: ${DEFAULT-VALUE}).")
    private Path images = Path.of("");

    @Option(
            names = "--models",
            defaultValue = "deploy/models",
            description = "Folder of untrained networks (default: ${DEFAULT-VALUE}).")
    private Path networks = Path.of("");

    @Option(
            names = "--population",
            defaultValue = "evaluation",
            description = "evaluation or calibration (default: ${DEFAULT-VALUE}).")
    private PopulationPlan.Standard population = PopulationPlan.Standard.EVALUATION;

    @Option(names = "--plan", description = "A population of your own, .yaml, instead.")
    private Optional<Path> plan = Optional.empty();

    @Option(names = "--out", required = true, description = "Folder to fill.")
    private Path out = Path.of("");

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        OutputFile.requireFolder("out", out);
        PopulationPlan wanted =
                plan.map(PopulationPlan::read).orElseGet(() -> PopulationPlan.of(population));
        ObjectNode result = Output.object();
        ArrayNode models = result.putArray("models");
        new Population(wanted, images, networks, out, output.progress())
                .make()
                .forEach(models::add);
        Files.writeString(out.resolve("manifest.json"), Output.text(result) + "\n");
        output.result(result);
        return ExitCode.DONE;
    }
}
