package org.plumbline.cli.experiment;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;

/** Options that every experiment has. Confined to one thread. */
final class ExperimentOptions {
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

    Path data() {
        return data;
    }

    Path models() {
        return models;
    }

    Path out() {
        return out;
    }

    List<Long> seeds() {
        return seeds;
    }

    boolean brief() {
        return brief;
    }

    boolean choose() {
        return choose;
    }

    /** Returns which rows accuracies were measured on. */
    String measuredRows() {
        return choose ? "held-out training" : "test";
    }

    /** Returns the command that asks for the same. */
    String command(String name, List<String> methods, List<String> sets) {
        return "deploy/plumbline experiment "
                + name
                + " --data "
                + data
                + " --models "
                + models
                + " --out "
                + out
                + (methods.isEmpty() ? "" : " --methods " + String.join(",", methods))
                + " --sets "
                + String.join(",", sets)
                + " --seeds "
                + seeds.toString().replaceAll("[\\[\\] ]", "")
                + (brief ? " --short" : "")
                + (choose ? " --choose" : "");
    }
}
