package org.plumbline.core.window;

import java.time.Duration;
import java.time.Instant;

/**
 * Exponentially decayed estimates of one concept: at time t a sample of time u weighs {@code 2^-((t
 * - u) / half-life)}. Samples may come out of order; the result depends on their times only, not on
 * the order of arrival or of merges, up to rounding. The standard errors describe the recent past
 * and carry no anytime guarantee: nothing should alert on them. Confined to one thread.
 *
 * <p>Source: effective sample size {@code (sum w)^2 / sum w^2}, Kish, "Survey Sampling", 1965.
 */
public final class DecayedTally {
    private static final double NEUTRAL = 0.5;

    private final double halfLifeMillis;
    private long latest = Long.MIN_VALUE; // milliseconds; all sums are as of this time
    private double weight;
    private double squaredWeight;
    private double positive;
    private double negative;
    private double mean;
    private double squares; // weighted squared deviations from the mean
    private double magnitude;

    /**
     * Makes an empty estimate.
     *
     * @param halfLife at least a millisecond
     */
    public DecayedTally(Duration halfLife) {
        if (halfLife.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "half-life: " + halfLife + " (expected: at least 1 ms)");
        }
        halfLifeMillis = halfLife.toMillis();
    }

    /** Adds a sample, whose numbers are finite, with its time. */
    public void add(ConceptSample sample, Instant at) {
        long millis = at.toEpochMilli();
        advance(millis);
        double w = decay(latest - millis);
        if (w == 0) {
            return;
        }
        double away = sample.mean() - mean;
        weight += w;
        squaredWeight += w * w;
        mean += away * w / weight;
        squares += w * away * (sample.mean() - mean);
        positive += sample.mean() > 0 ? w : 0;
        negative += sample.mean() < 0 ? w : 0;
        magnitude += w * sample.meanAbsolute();
    }

    /**
     * Adds the samples of another replica.
     *
     * @throws IllegalArgumentException if the half-lives differ
     */
    public void merge(DecayedTally other) {
        if (other.halfLifeMillis != halfLifeMillis) {
            throw new IllegalArgumentException(
                    "half-life: "
                            + other.halfLifeMillis
                            + " ms (expected: "
                            + halfLifeMillis
                            + " ms)");
        }
        if (other.weight == 0) {
            return;
        }
        advance(other.latest);
        double f = decay(latest - other.latest);
        double added = other.weight * f;
        if (added == 0) {
            return;
        }
        double away = other.mean - mean;
        squares += other.squares * f + away * away * weight * added / (weight + added);
        mean += away * added / (weight + added);
        weight += added;
        squaredWeight += other.squaredWeight * f * f;
        positive += other.positive * f;
        negative += other.negative * f;
        magnitude += other.magnitude * f;
    }

    private void advance(long millis) {
        if (millis <= latest) {
            return;
        }
        double f = latest == Long.MIN_VALUE ? 0 : decay(millis - latest);
        latest = millis;
        weight *= f;
        squaredWeight *= f * f;
        squares *= f;
        positive *= f;
        negative *= f;
        magnitude *= f;
        if (squaredWeight < Double.MIN_NORMAL) { // a long silence leaves nothing worth a digit
            weight = 0;
            squaredWeight = 0;
            squares = 0;
            positive = 0;
            negative = 0;
            magnitude = 0;
            mean = 0;
        }
    }

    private double decay(long millis) {
        return Math.pow(2, -millis / halfLifeMillis);
    }

    /** Returns the numbers as of the latest sample. */
    public DecayedSnapshot snapshot() {
        if (weight == 0) {
            return new DecayedSnapshot(0, 0, NEUTRAL, 0, 0, 0, 0);
        }
        double counted = positive + negative;
        double score = counted == 0 ? NEUTRAL : positive / counted;
        double effective = weight * weight / squaredWeight;
        double unbiased = effective > 1 ? squares / weight / (effective - 1) : 0;
        return new DecayedSnapshot(
                weight,
                effective,
                score,
                Math.sqrt(score * (1 - score) / effective),
                mean,
                Math.sqrt(unbiased),
                magnitude / weight);
    }
}
