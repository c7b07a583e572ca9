package org.plumbline.core.significance;

import java.util.Arrays;

/**
 * What the same samples of one (layer, class) showed along every concept's CAV and along every
 * random CAV: sign counts and sums, 24 bytes a direction. Concepts and pool must see the same
 * samples, or they are not exchangeable. Confined to one thread.
 */
public final class PoolTally {
    private final int concepts;
    private final long[] positive;
    private final long[] negative;
    private final double[] sum;
    private long samples;

    /**
     * Makes an empty tally.
     *
     * @param concepts concept CAVs, {@code K}
     * @param random random CAVs, {@code R}
     */
    public PoolTally(int concepts, int random) {
        if (concepts < 1 || random < 1) {
            throw new IllegalArgumentException(
                    "directions: " + concepts + ", " + random + " (expected: >= 1 each)");
        }
        this.concepts = concepts;
        positive = new long[concepts + random];
        negative = new long[concepts + random];
        sum = new double[concepts + random];
    }

    /**
     * Adds a sample's mean sensitivities. A sample with a value that is not finite is left out.
     *
     * @param conceptValues along the concepts' CAVs, {@code [K]}
     * @param randomValues along the random CAVs, {@code [R]}
     * @return whether it was counted
     */
    public boolean add(float[] conceptValues, float[] randomValues) {
        if (conceptValues.length != concepts || randomValues.length != random()) {
            throw new IllegalArgumentException(
                    "values: "
                            + conceptValues.length
                            + ", "
                            + randomValues.length
                            + " (expected: "
                            + concepts
                            + ", "
                            + random()
                            + ")");
        }
        if (!finite(conceptValues) || !finite(randomValues)) {
            return false;
        }
        add(conceptValues, 0);
        add(randomValues, concepts);
        samples++;
        return true;
    }

    private void add(float[] values, int from) {
        for (int i = 0; i < values.length; i++) {
            float value = values[i];
            positive[from + i] += value > 0 ? 1 : 0;
            negative[from + i] += value < 0 ? 1 : 0;
            sum[from + i] += value;
        }
    }

    private static boolean finite(float[] values) {
        float sum = 0; // 0 * x is NaN exactly where x is not finite
        for (float value : values) {
            sum += 0 * value;
        }
        return sum == 0;
    }

    /** Adds the samples of another replica. */
    public void merge(PoolTally other) {
        if (other.concepts != concepts || other.sum.length != sum.length) {
            throw new IllegalArgumentException(
                    "directions: "
                            + other.concepts
                            + ", "
                            + other.random()
                            + " (expected: "
                            + concepts
                            + ", "
                            + random()
                            + ")");
        }
        samples += other.samples;
        for (int i = 0; i < sum.length; i++) {
            positive[i] += other.positive[i];
            negative[i] += other.negative[i];
            sum[i] += other.sum[i];
        }
    }

    /** Returns the number of samples counted. */
    public long samples() {
        return samples;
    }

    /** Returns the number of concepts, {@code K}. */
    public int concepts() {
        return concepts;
    }

    /** Returns the number of random CAVs, {@code R}. */
    public int random() {
        return sum.length - concepts;
    }

    /** Returns a statistic of every concept, {@code [K]}. */
    public double[] ofConcepts(PoolStatistic statistic) {
        return Arrays.copyOfRange(all(statistic), 0, concepts);
    }

    /** Returns a statistic of every random CAV, {@code [R]}. */
    public double[] ofRandom(PoolStatistic statistic) {
        return Arrays.copyOfRange(all(statistic), concepts, sum.length);
    }

    private double[] all(PoolStatistic statistic) {
        double[] values = new double[sum.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = statistic.of(positive[i], negative[i], sum[i], samples);
        }
        return values;
    }
}
