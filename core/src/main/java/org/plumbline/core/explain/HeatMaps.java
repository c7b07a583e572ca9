package org.plumbline.core.explain;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

/**
 * Maps {@code [n, h, w]} from attributions {@code [n, c, h, w]}.
 *
 * <p>Source: {@link #absolute} then {@link #normalised} is the post-processing of
 * fairwashing/fairwashing, {@code fairwasher/utils.py} {@code get_heatmap} (4ce9fa4); {@link
 * #signed} is that of zennit-crp.
 */
public final class HeatMaps {
    private HeatMaps() {}

    /** Returns the sum over channels. */
    public static FloatTensor signed(FloatTensor relevance) {
        return overChannels(relevance, false);
    }

    /** Returns the sum of magnitudes over channels, at least 0. */
    public static FloatTensor absolute(FloatTensor relevance) {
        return overChannels(relevance, true);
    }

    private static FloatTensor overChannels(FloatTensor relevance, boolean magnitudes) {
        if (relevance.rank() != 4) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "relevance", relevance, "axes [n, c, h, w]");
        }
        int channels = relevance.extent(1);
        int area = relevance.extent(2) * relevance.extent(3);
        float[] maps = new float[relevance.rows() * area];
        for (int i = 0; i < maps.length; i++) {
            int from = i / area * channels * area + i % area;
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                double r = relevance.values()[from + c * area];
                sum += magnitudes ? Math.abs(r) : r;
            }
            maps[i] = (float) sum;
        }
        return FloatTensor.of(maps, relevance.rows(), relevance.extent(2), relevance.extent(3));
    }

    /**
     * Returns every map divided by its own sum, so that it sums to 1. A map whose sum is 0 or not
     * finite has no normal form and comes back as zeros; {@link #empty} counts those.
     *
     * @param maps {@code [n, h, w]}
     */
    public static FloatTensor normalised(FloatTensor maps) {
        float[] out = new float[maps.values().length];
        int size = maps.rowSize();
        for (int i = 0; i < maps.rows(); i++) {
            double sum = sum(maps, i);
            if (sum != 0 && Double.isFinite(sum)) {
                for (int p = i * size; p < (i + 1) * size; p++) {
                    out[p] = (float) (maps.values()[p] / sum);
                }
            }
        }
        return FloatTensor.of(out, maps.shape());
    }

    /** Returns how many maps sum to 0 or to no finite number. */
    public static int empty(FloatTensor maps) {
        int empty = 0;
        for (int i = 0; i < maps.rows(); i++) {
            double sum = sum(maps, i);
            empty += sum == 0 || !Double.isFinite(sum) ? 1 : 0;
        }
        return empty;
    }

    private static double sum(FloatTensor maps, int row) {
        double sum = 0;
        for (int p = row * maps.rowSize(); p < (row + 1) * maps.rowSize(); p++) {
            sum += maps.values()[p];
        }
        return sum;
    }
}
