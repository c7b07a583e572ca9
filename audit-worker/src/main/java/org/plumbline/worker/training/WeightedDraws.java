package org.plumbline.worker.training;

import org.plumbline.core.tensor.DenseVector;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Samples drawn with replacement, with probabilities in proportion to weights. Immutable.
 *
 * <p>Source: PyTorch, {@code torch.utils.data.WeightedRandomSampler}; the draws are ours.
 *
 * @param weights one for each sample, at least 0, not all 0
 * @param draws samples in an epoch
 */
public record WeightedDraws(long seed, DenseVector weights, int draws) implements SampleOrder {
    /** Checks the weights. */
    public WeightedDraws {
        double sum = 0;
        for (float weight : weights.toArray()) {
            sum += weight >= 0 ? weight : Double.NaN;
        }
        if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "weights: sum " + sum + " (expected: at least 0, not all 0)");
        }
    }

    @Override
    public int[] epoch(int epoch) {
        float[] values = weights.toArray();
        double[] upTo = new double[values.length];
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i];
            upTo[i] = sum;
        }
        SplittableRandom random = Shuffle.random(seed, epoch);
        int[] order = new int[draws];
        for (int i = 0; i < draws; i++) {
            order[i] = firstAbove(upTo, random.nextDouble() * sum);
        }
        return order;
    }

    /** Returns the first index whose sum exceeds a value: never one of weight 0. */
    private static int firstAbove(double[] upTo, double value) {
        int found = Arrays.binarySearch(upTo, value);
        int at = found < 0 ? -found - 1 : found;
        while (upTo[at] <= value) {
            at++;
        }
        return at;
    }
}
