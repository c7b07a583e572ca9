package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.worker.job.AttackRecipe;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Options that say how explanations are attacked. Confined to one thread. */
final class AttackOptions {
    @Option(
            names = "--target",
            required = true,
            paramLabel = "T",
            description =
                    "What explanations shall show: a picture, dark pixels counting, or a map [h,w],"
                            + " .npy.")
    private Path target = Path.of("");

    @Option(names = "--data", required = true, description = "Audit data set folder.")
    private Path data = Path.of("");

    @Option(
            names = "--alpha",
            defaultValue = "0.8",
            description = "Weight of the explanations in [0,1] (default: ${DEFAULT-VALUE}).")
    private double alpha;

    @Option(
            names = "--epochs",
            defaultValue = "100",
            description = "Passes over the training rows (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--steps",
            defaultValue = "0",
            description =
                    "Updates instead of epochs and milestones; the rate falls to 0 along half a"
                            + " cosine (default: by epochs).")
    private int steps;

    @Option(
            names = "--batch-size",
            defaultValue = "128",
            description = "Rows a step (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--learning-rate",
            defaultValue = "5e-5",
            description = "Of Adam (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--milestones",
            split = ",",
            paramLabel = "EPOCH",
            description = "Epochs, from 0, at which the rate falls to a tenth (default: none).")
    private List<Long> milestones = List.of();

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Decides the order of rows (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--softplus",
            paramLabel = "BETA",
            description =
                    "Sharpness of the softplus that stands for ReLU in training (default: 50 for"
                            + " lrp, else 20).")
    private @Nullable Double softplus;

    @Option(
            names = "--form",
            defaultValue = "legacy",
            description =
                    "Integrated gradients, eight steps: legacy, as published, or standard (default:"
                            + " ${DEFAULT-VALUE}).")
    private String form = "legacy";

    @Option(
            names = "--bounds",
            paramLabel = "LOW,HIGH",
            split = ",",
            arity = "1",
            description =
                    "LRP: least and largest value of a pixel (default: ImageNet's, as published).")
    private double @Nullable [] bounds;

    @Option(
            names = "--neighbours",
            defaultValue = "32",
            description = "Rows that span a tangent space (default: ${DEFAULT-VALUE}).")
    private int neighbours;

    @Option(
            names = "--dimension",
            defaultValue = "16",
            description = "Directions of a tangent space (default: ${DEFAULT-VALUE}).")
    private int dimension;

    @Option(
            names = "--rows",
            defaultValue = "10000",
            description =
                    "Test rows to measure on, the first ones (default: ${DEFAULT-VALUE}; a data set"
                            + " without test rows is measured on all).")
    private int rows;

    Path data() {
        return data;
    }

    /** Returns the target as bytes: a picture, or a map {@code [h, w]} as {@code .npy}. */
    byte[] target() throws IOException {
        return Files.readAllBytes(target);
    }

    /** Returns what a worker's job is asked for, all but the target. */
    Map<String, String> parameters(ExplanationMethod method, boolean defended) {
        Map<String, String> texts = new TreeMap<>();
        texts.put("explanation", method.label());
        texts.put("tangent", Boolean.toString(defended));
        texts.put("alpha", Double.toString(alpha));
        texts.put("epochs", Integer.toString(epochs));
        texts.put("steps", Integer.toString(steps));
        texts.put("batch_size", Integer.toString(batchSize));
        texts.put("learning_rate", Double.toString(rate));
        texts.put(
                "milestones",
                milestones.stream().map(String::valueOf).collect(Collectors.joining(" ")));
        texts.put("seed", Long.toString(seed));
        texts.put("form", form.replace('-', '_'));
        texts.put("neighbours", Integer.toString(neighbours));
        texts.put("dimension", Integer.toString(dimension));
        texts.put("rows", Integer.toString(rows));
        if (softplus != null) {
            texts.put("softplus", Double.toString(softplus));
        }
        if (bounds != null) {
            texts.put(
                    "bounds",
                    Arrays.stream(bounds)
                            .mapToObj(Double::toString)
                            .collect(Collectors.joining(",")));
        }
        return texts;
    }

    /**
     * Returns the same as a job reads it.
     *
     * @param content what {@link #target} returned
     */
    AttackRecipe recipe(ExplanationMethod method, boolean defended, byte[] content) {
        Map<String, String> texts = parameters(method, defended);
        texts.put(AttackRecipe.TARGET, Base64.getEncoder().encodeToString(content));
        return AttackRecipe.of(texts);
    }

    /** Puts the parameters. */
    void describe(ObjectNode node) {
        node.put("target", target.toString())
                .put("alpha", alpha)
                .put(steps == 0 ? "epochs" : "steps", steps == 0 ? epochs : steps)
                .put("batch_size", batchSize)
                .put("learning_rate", rate)
                .put("seed", seed)
                .put("neighbours", neighbours)
                .put("dimension", dimension);
        milestones.forEach(node.withArray("milestones")::add);
    }
}
