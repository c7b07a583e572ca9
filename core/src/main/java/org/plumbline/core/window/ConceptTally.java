package org.plumbline.core.window;

/**
 * Sums over samples of one concept: the numbers of the TCAV family over any set of samples, per
 * class or, merged, overall. Merging is exact for counts and within rounding for means, in any
 * order. Confined to one thread.
 *
 * <p>Source: Chan, Golub and LeVeque, "Updating formulae", 1979, for the moments.
 */
public final class ConceptTally {
    private static final double NEUTRAL = 0.5;

    private long samples;
    private long positive;
    private long negative;
    private long positiveCells;
    private long negativeCells;
    private double mean;
    private double squares; // sum of squared deviations from the mean
    private double magnitude;

    /** Adds a sample, whose numbers are finite. */
    public void add(ConceptSample sample) {
        samples++;
        positive += sample.mean() > 0 ? 1 : 0;
        negative += sample.mean() < 0 ? 1 : 0;
        positiveCells += sample.positive();
        negativeCells += sample.negative();
        double away = sample.mean() - mean;
        mean += away / samples;
        squares += away * (sample.mean() - mean);
        magnitude += sample.meanAbsolute();
    }

    /** Adds the samples of another tally. */
    public void merge(ConceptTally other) {
        if (other.samples == 0) {
            return;
        }
        double away = other.mean - mean;
        long both = samples + other.samples;
        squares += other.squares + away * away * ((double) samples * other.samples / both);
        mean += away * other.samples / both;
        samples = both;
        positive += other.positive;
        negative += other.negative;
        positiveCells += other.positiveCells;
        negativeCells += other.negativeCells;
        magnitude += other.magnitude;
    }

    void clear() {
        samples = 0;
        positive = 0;
        negative = 0;
        positiveCells = 0;
        negativeCells = 0;
        mean = 0;
        squares = 0;
        magnitude = 0;
    }

    /** Returns the number of samples. */
    public long samples() {
        return samples;
    }

    /** Returns the samples with positive mean sensitivity. */
    public long positive() {
        return positive;
    }

    /** Returns the samples with non-zero mean sensitivity. */
    public long counted() {
        return positive + negative;
    }

    /** Returns the TCAV score, share of positive samples among those not zero; 0.5 without any. */
    public double score() {
        return ratio(positive, negative);
    }

    /** Returns {@code sqrt(q (1 - q) / counted)}; 0 without any. */
    public double scoreStandardError() {
        double score = score();
        return counted() == 0 ? 0 : Math.sqrt(score * (1 - score) / counted());
    }

    /** Returns the share of positive locations among those not zero; 0.5 without any. */
    public double locationScore() {
        return ratio(positiveCells, negativeCells);
    }

    /** Returns the mean sensitivity, signed, logits per unit of activation; 0 without samples. */
    public double sensitivity() {
        return mean;
    }

    /** Returns the standard error of {@link #sensitivity}; 0 below 2 samples. */
    public double sensitivityStandardError() {
        return samples < 2 ? 0 : Math.sqrt(squares / (samples - 1) / samples);
    }

    /** Returns the mean magnitude, at least 0; 0 without samples. */
    public double magnitude() {
        return samples == 0 ? 0 : magnitude / samples;
    }

    private static double ratio(long positive, long negative) {
        long counted = positive + negative;
        return counted == 0 ? NEUTRAL : (double) positive / counted;
    }
}
