package org.plumbline.core.cav;

import org.plumbline.core.tensor.ChannelAxis;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Locale;

/**
 * How a feature map {@code [n, d, h, w]}, tokens {@code [n, t, d]} or a map with channels last
 * {@code [n, h, w, d]} become {@code [n, d]}; {@link ChannelAxis#usual} tells them apart.
 */
public enum Pooling {
    /** Maximum over locations. */
    MAX {
        @Override
        float reduce(float[] values, int from, int to) {
            float max = values[from];
            for (int i = from + 1; i < to; i++) {
                max = Math.max(max, values[i]);
            }
            return max;
        }
    },
    /** Mean over locations. */
    MEAN {
        @Override
        float reduce(float[] values, int from, int to) {
            double sum = 0;
            for (int i = from; i < to; i++) {
                sum += values[i];
            }
            return (float) (sum / (to - from));
        }
    };

    /** Returns the pooling a configuration names: {@code max} or {@code mean}. */
    public static Pooling parse(String name) {
        for (Pooling pooling : values()) {
            if (pooling.name().toLowerCase(Locale.ROOT).equals(name)) {
                return pooling;
            }
        }
        throw new IllegalArgumentException("pooling: " + name + " (expected: max or mean)");
    }

    /** Returns {@code [n, d]}; two axes are returned as they are. */
    public FloatTensor pool(FloatTensor activation) {
        if (activation.rank() == 2) {
            return activation;
        }
        FloatTensor map = ChannelAxis.first(activation, ChannelAxis.usual(activation));
        int rows = map.rows();
        int channels = map.extent(1);
        int locations = map.rowSize() / channels;
        float[] pooled = new float[rows * channels];
        for (int i = 0; i < pooled.length; i++) {
            pooled[i] = reduce(map.values(), i * locations, (i + 1) * locations);
        }
        return FloatTensor.of(pooled, rows, channels);
    }

    abstract float reduce(float[] values, int from, int to);
}
