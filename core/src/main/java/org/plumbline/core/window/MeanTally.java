package org.plumbline.core.window;

/**
 * Collects a {@link MeanEstimate} in constant memory, 56 bytes of numbers. Confined to one thread.
 */
public final class MeanTally {
    private final double low;
    private final double high;
    private long samples;
    private long clipped;
    private double sum;
    private double variation;

    /**
     * Makes an empty tally.
     *
     * @param low values below count as this
     * @param high values above count as this, above {@code low}
     */
    public MeanTally(double low, double high) {
        this.low = low;
        this.high = high;
        estimate(); // checks the range
    }

    /** Adds a value; NaN is refused, infinite values are clipped. */
    public void add(double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("value: NaN (expected: a number)");
        }
        double x = Math.min(high, Math.max(low, value));
        double predicted = samples == 0 ? low + (high - low) / 2 : sum / samples;
        clipped += x == value ? 0 : 1;
        variation += (x - predicted) * (x - predicted);
        sum += x;
        samples++;
    }

    /** Returns the estimate so far. */
    public MeanEstimate estimate() {
        return new MeanEstimate(low, high, samples, clipped, sum, variation);
    }
}
