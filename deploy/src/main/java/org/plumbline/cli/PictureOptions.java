package org.plumbline.cli;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.heatmap.Enlargement;
import org.plumbline.core.heatmap.PixelRange;
import org.plumbline.core.heatmap.ScaleRule;
import org.plumbline.core.heatmap.Style;
import org.plumbline.core.tensor.DenseVector;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Options that say which pictures are drawn and how. Confined to one thread. */
final class PictureOptions {
    @Option(
            names = "--png",
            paramLabel = "DIR",
            description =
                    "Draw contact sheets and figures into this folder; files of other names in it"
                            + " stay.")
    private Optional<Path> folder = Optional.empty();

    @Option(
            names = "--figures",
            defaultValue = "20",
            description =
                    "Samples that get a figure of their own, from the first on (default:"
                            + " ${DEFAULT-VALUE}).")
    private int figures = 20;

    @Option(
            names = "--names",
            description = "Class names, one a line, in the order of the logits (synset.txt).")
    private Optional<Path> names = Optional.empty();

    @Option(
            names = "--mean",
            split = ",",
            description =
                    "With --std: inputs are (level - mean) / std, level in [0,1]; one value or one"
                            + " per channel (default: each image is stretched over its range).")
    private float @Nullable [] mean;

    @Option(names = "--std", split = ",", description = "See --mean.")
    private float @Nullable [] std;

    @Option(
            names = "--scale",
            defaultValue = "robust",
            description =
                    "Magnitude drawn at full strength: maximum, or robust, which 99.5 %% of values"
                            + " do not exceed (default: ${DEFAULT-VALUE}).")
    private String scale = "robust";

    @Option(names = "--own-scale", description = "Every map has its own scale, not one for all.")
    private boolean ownScale;

    @Option(names = "--smooth", description = "Enlarge between pixels instead of in blocks.")
    private boolean smooth;

    /** Returns where pictures go, if any are wanted. */
    Optional<Path> folder() {
        return folder;
    }

    /** Returns how many samples get a figure of their own. */
    int figures() {
        if (figures < 0) {
            throw new IllegalArgumentException("figures: " + figures + " (expected: 0 or more)");
        }
        return figures;
    }

    /**
     * Returns how to draw inputs of {@code channels} channels.
     *
     * @throws org.plumbline.core.error.AuditException {@code INVALID_ARGUMENT} if mean and std do
     *     not fit them
     */
    Style style(int channels) {
        PixelRange pixels = pixels();
        pixels.check(channels);
        return new Style(
                Choice.of(ScaleRule.class, "scale", scale),
                !ownScale,
                smooth ? Enlargement.BILINEAR : Enlargement.NEAREST,
                pixels);
    }

    /** Returns the class names; empty without the option. */
    List<String> names() throws IOException {
        return names.isEmpty() ? List.of() : Files.readAllLines(names.orElseThrow());
    }

    private PixelRange pixels() {
        float[] center = mean;
        float[] deviation = std;
        if (center == null && deviation == null) {
            return PixelRange.stretch();
        }
        if (center == null || deviation == null) {
            throw new IllegalArgumentException(
                    (center == null ? "mean" : "std") + ": absent (expected: both or neither)");
        }
        return PixelRange.normalised(DenseVector.copyOf(center), DenseVector.copyOf(deviation));
    }
}
