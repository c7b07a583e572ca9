package org.plumbline.cli.experiment;

import org.plumbline.core.tensor.FloatTensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** What deployment does to weights without training. Thread-safe. */
final class WeightChange {
    private WeightChange() {}

    /**
     * Rounds every tensor to {@code 2^bits - 1} levels, symmetric about 0 up to its largest
     * magnitude.
     *
     * @param bits from 2 to 16
     */
    static Map<String, FloatTensor> quantised(Map<String, FloatTensor> weights, int bits) {
        if (bits < 2 || bits > 16) {
            throw new IllegalArgumentException("bits: " + bits + " (expected: 2 to 16)");
        }
        int levels = (1 << (bits - 1)) - 1;
        Map<String, FloatTensor> changed = new LinkedHashMap<>();
        weights.forEach(
                (name, tensor) -> {
                    float[] values = tensor.values().clone();
                    double scale = largest(values) / levels;
                    for (int i = 0; i < values.length; i++) {
                        values[i] = scale == 0 ? 0 : (float) (Math.rint(values[i] / scale) * scale);
                    }
                    changed.put(name, FloatTensor.of(values, tensor.shape()));
                });
        return changed;
    }

    /** Adds normal noise of {@code share} of each tensor's standard deviation. */
    static Map<String, FloatTensor> noisy(
            Map<String, FloatTensor> weights, double share, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, FloatTensor> changed = new LinkedHashMap<>();
        weights.forEach(
                (name, tensor) -> {
                    float[] values = tensor.values().clone();
                    double scale = share * deviation(values);
                    for (int i = 0; i < values.length; i++) {
                        values[i] += (float) (scale * random.nextGaussian());
                    }
                    changed.put(name, FloatTensor.of(values, tensor.shape()));
                });
        return changed;
    }

    private static double largest(float... values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double deviation(float... values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
    }
}
