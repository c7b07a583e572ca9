package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.fairwashing.TargetMap;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.fairwashing.AttackSettings;
import org.plumbline.worker.training.TrainingSettings;

import picocli.CommandLine.Option;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import javax.imageio.ImageIO;

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
            description =
                    "Updates instead of epochs and milestones; the rate falls to 0 along half a"
                            + " cosine.")
    private @Nullable Long steps;

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

    /** Returns how many of some rows are measured. */
    int[] measured(int... test) {
        if (rows < 1) {
            throw new IllegalArgumentException("rows: " + rows + " (expected: at least 1)");
        }
        return Arrays.copyOf(test, Math.min(rows, test.length));
    }

    /** Returns the target, {@code [h, w]}. */
    FloatTensor target() throws IOException {
        if (target.toString().endsWith(".npy")) {
            return TargetMap.of(NpyFile.readFloats(target));
        }
        BufferedImage picture = ImageIO.read(target.toFile());
        if (picture == null) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "target", target, "a picture or a map [h,w], .npy");
        }
        return TargetMap.of(picture);
    }

    /** Returns the spaces of rows that are among those they are spanned by, or are not. */
    TangentSettings tangent(TangentMode mode) {
        return new TangentSettings(neighbours, dimension, mode);
    }

    /** Returns the settings of an attack. */
    AttackSettings settings(ExplanationMethod method, boolean defended) {
        AttackSettings settings =
                AttackSettings.published(method, training()).withAlpha(alpha).with(path());
        if (bounds != null) {
            settings = settings.with(LrpComposite.fairwasher(box(bounds)));
        }
        if (softplus != null) {
            settings = settings.with(new ActivationSwap(softplus));
        }
        return defended ? settings.knowing(tangent(TangentMode.MEMBER)) : settings;
    }

    private TrainingSettings training() {
        return steps == null
                ? AttackSettings.training(epochs, batchSize, rate, milestones, seed)
                : AttackSettings.annealed(steps, batchSize, rate, seed);
    }

    private static Box box(double... bounds) {
        if (bounds.length != 2) {
            throw new IllegalArgumentException(
                    "bounds: " + bounds.length + " values (expected: LOW,HIGH)");
        }
        return Box.between(bounds[0], bounds[1]);
    }

    private IntegratedGradients path() {
        IntegratedGradients legacy = IntegratedGradients.LEGACY;
        return new IntegratedGradients(
                legacy.steps(),
                legacy.quadrature(),
                Choice.of(IntegratedGradients.Form.class, "form", form),
                Optional.empty());
    }

    /** Puts the parameters. */
    void describe(ObjectNode node) {
        node.put("target", target.toString())
                .put("alpha", alpha)
                .put(steps == null ? "epochs" : "steps", steps == null ? epochs : steps)
                .put("batch_size", batchSize)
                .put("learning_rate", rate)
                .put("seed", seed)
                .put("neighbours", neighbours)
                .put("dimension", dimension);
        milestones.forEach(node.withArray("milestones")::add);
    }
}
