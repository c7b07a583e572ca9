package org.plumbline.core.explain;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.Attribution;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.ChannelAxis;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.GaussianBlur;

import java.util.Arrays;

/**
 * Where in the pixels of an image a concept lies: LRP that starts at the concept's layer with the
 * relevance {@code max(a, 0) h}, {@code h} the concept's CAV, and a map {@code max(0, sum over
 * channels)} of what reaches the pixels. Meant for images that have the concept: in others it shows
 * what resembles it.
 *
 * <p>Source: Pahde et al., RR-ClArC; frederikpahde/rrclarc, localisation of artifacts. There the
 * CAV is of kind {@code signal}, fitted to activations below zero set to zero.
 */
public final class ConceptLocalisation {
    /** Share of a smoothed map's largest value from which on a pixel belongs to the mask. */
    public static final double THRESHOLD = 0.4;

    private static final double SMOOTHING = 8.0 / 224; // of the shorter side, as published

    private ConceptLocalisation() {}

    /**
     * Returns the maps and the decisions of the images.
     *
     * @param model loaded for LRP at the concept's layer, {@code ExplainSpec.at}
     * @param cav unit vector {@code [d]}, {@code d} channels of the layer
     * @param inputs {@code [n, c, h, w]}, at least one image
     * @throws AuditException {@code INVALID_ARGUMENT} if the model is not prepared
     * @throws IllegalArgumentException if the layer has other channels
     */
    public static LocalisedConcept of(ExplainableModel model, DenseVector cav, FloatTensor inputs) {
        FloatTensor start = start(model.activation(inputs), cav);
        Attribution pixels = model.propagate(inputs, start);
        FloatTensor maps = HeatMaps.signed(pixels.relevance());
        for (int p = 0; p < maps.values().length; p++) {
            maps.values()[p] = Math.max(0, maps.values()[p]);
        }
        return new LocalisedConcept(maps, pixels, start);
    }

    /** Returns {@code max(a, 0) h}, the shape of the activation. */
    static FloatTensor start(FloatTensor activation, DenseVector cav) {
        int axis = ChannelAxis.of(activation, cav.dimension());
        int inner = 1;
        for (int k = axis + 1; k < activation.rank(); k++) {
            inner *= activation.extent(k);
        }
        float[] start = new float[activation.values().length];
        for (int i = 0; i < start.length; i++) {
            int channel = i / inner % cav.dimension();
            start[i] = Math.max(0, activation.values()[i]) * cav.at(channel);
        }
        return FloatTensor.of(start, activation.shape());
    }

    /**
     * Returns masks of the maps, as a data set's {@code mask.npy} holds them: each map smoothed by
     * a Gaussian of 8/224 of its shorter side, then 1 where it reaches a share of its largest
     * value. An empty map has an empty mask.
     *
     * @param maps {@code [n, h, w]}, at least 0, at least 2 pixels along each axis
     * @param threshold share of the largest value, in (0, 1]
     * @return 0 or 1, {@code [n, h, w]}
     */
    public static FloatTensor masks(FloatTensor maps, double threshold) {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException(
                    "threshold: " + threshold + " (expected: above 0, at most 1)");
        }
        if (maps.rank() != 3 || maps.extent(1) < 2 || maps.extent(2) < 2) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "maps", maps, "[n, h, w] of at least 2 x 2 pixels");
        }
        float[] masks = new float[maps.values().length];
        int size = maps.rowSize();
        for (int i = 0; i < maps.rows(); i++) {
            double[] smooth = smoothed(maps.slice(i, i + 1));
            double largest = Arrays.stream(smooth).max().orElse(0);
            for (int p = 0; p < size; p++) {
                boolean inside = largest > 0 && smooth[p] >= threshold * largest;
                masks[i * size + p] = inside ? 1 : 0;
            }
        }
        return FloatTensor.of(masks, maps.shape());
    }

    private static double[] smoothed(FloatTensor map) {
        double[] pixels = new double[map.rowSize()];
        Arrays.setAll(pixels, p -> map.values()[p]);
        int h = map.extent(1);
        int w = map.extent(2);
        return GaussianBlur.of(pixels, h, w, SMOOTHING * Math.min(h, w));
    }
}
