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
    },
    /** Every location by itself: {@code [n, d * h * w]}, for a CAV of the whole activation. */
    NONE {
        @Override
        public FloatTensor pool(FloatTensor activation) {
            return FloatTensor.of(activation.values(), activation.rows(), activation.rowSize());
        }

        @Override
        float reduce(float[] values, int from, int to) {
            throw new IllegalStateException("pooling: none");
        }
    };

    /** Returns the pooling a configuration names: {@code max}, {@code mean} or {@code none}. */
    public static Pooling parse(String name) {
        for (Pooling pooling : values()) {
            if (pooling.name().toLowerCase(Locale.ROOT).equals(name)) {
                return pooling;
            }
        }
        throw new IllegalArgumentException("pooling: " + name + " (expected: max, mean or none)");
    }

    /**
     * Returns the pooling a configuration names where a CAV of channels is needed.
     *
     * @throws IllegalArgumentException if it is neither {@code max} nor {@code mean}
     */
    public static Pooling ofChannels(String name) {
        if (name.equals("max") || name.equals("mean")) {
            return parse(name);
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
