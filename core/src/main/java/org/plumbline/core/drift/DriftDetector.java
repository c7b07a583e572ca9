package org.plumbline.core.drift;

import org.plumbline.core.window.MeanBounds;

import java.util.OptionalLong;

/**
 * Detects that the mean of a bounded stream has left its baseline, at any time and in either
 * direction, in constant memory. If every value's conditional mean stays within the baseline's true
 * mean, the probability of <b>ever</b> alarming is at most {@code baseline.error() + error},
 * however long the stream, whatever its distribution. Deterministic given the stream. Confined to
 * one thread.
 *
 * <p>With {@code m} the baseline's upper bound, {@code prod (1 + l (x_i - m))} from sample j on is
 * the wealth of a bet that the mean rose at j, a supermartingale under no change for each rate l in
 * [0, 1 / (m - low)). The detector holds the mixture over all j, with weights {@code w_j} that add
 * up to 1, and over {@value #RATES} rates and both directions: {@code E <- (E + w_t) (1 + l (x_t -
 * m))}. {@code E} with the weights to come is a supermartingale from 1, so by Ville's inequality it
 * ever reaches {@code 1 / error} with probability at most {@code error}. The weights {@code w_j =
 * 1/(1 + ln j) - 1/(1 + ln(j + 1))} fall so slowly that a change after n samples costs about {@code
 * ln n + 2 ln ln n} of evidence more than one at the start.
 *
 * <p>Source: e-detectors of Shin, Ramdas and Rinaldo, New England Journal of Statistics in Data
 * Science 2024, in the weighted form with bounded false-alarm probability; betting on bounded
 * means: Waudby-Smith and Ramdas, JRSS B 2024.
 */
public final class DriftDetector {
    private static final int RATES = 6;

    private final double low;
    private final double high;
    private final MeanBounds bounds;
    private final double threshold;
    private final double[] rose = new double[RATES];
    private final double[] fell = new double[RATES];
    private double startsToCome = 1;
    private long samples;
    private long alarm;

    /**
     * Makes a detector before its first sample.
     *
     * @param baseline of the same quantity, from samples before the stream
     * @param error probability of ever alarming if the baseline's bounds are right, in (0, 1)
     */
    public DriftDetector(Baseline baseline, double error) {
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
        low = baseline.estimate().low();
        high = baseline.estimate().high();
        bounds = baseline.bounds();
        threshold = 1 / error;
    }

    /**
     * Adds a value, clipped to the baseline's range; NaN is refused. After an alarm nothing changes
     * any more: the change belongs to a person, and to a new baseline.
     *
     * @return whether the alarm is on
     */
    public boolean add(double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("value: NaN (expected: a number)");
        }
        if (alarm > 0) {
            return true;
        }
        samples++;
        double x = Math.min(high, Math.max(low, value));
        double rest = 1 / (1 + Math.log(samples + 1.0)); // weight of all later starts
        double weight = startsToCome - rest;
        startsToCome = rest;
        bet(rose, weight, (x - bounds.upper()) / (bounds.upper() - low));
        bet(fell, weight, (bounds.lower() - x) / (high - bounds.lower()));
        if (evidence() >= threshold) {
            alarm = samples;
        }
        return alarm > 0;
    }

    /** Bets half, a quarter, ... of the largest rate; {@code gain} is at least -1. */
    private static void bet(double[] wealth, double weight, double gain) {
        double rate = 0.5;
        for (int i = 0; i < wealth.length; i++) {
            wealth[i] = (wealth[i] + weight) * (1 + rate * gain);
            rate /= 2;
        }
    }

    /**
     * Returns the e-value against "no change", at least 0; the alarm is on from {@code 1 / error}.
     * The mean of replicas' e-values is one again, so a fleet may alert on their average.
     */
    public double evidence() {
        double sum = 0;
        for (int i = 0; i < RATES; i++) {
            sum += rose[i] + fell[i];
        }
        return sum / (2 * RATES);
    }

    /** Returns an anytime-valid p-value of "no change", given the baseline's bounds. */
    public double pValue() {
        return Math.min(1, 1 / evidence());
    }

    /** Returns the sample at which the alarm went on, counted from 1. */
    public OptionalLong alarm() {
        return alarm > 0 ? OptionalLong.of(alarm) : OptionalLong.empty();
    }

    /** Returns whether more evidence speaks for a rise than for a fall. */
    public boolean rising() {
        double balance = 0;
        for (int i = 0; i < RATES; i++) {
            balance += rose[i] - fell[i];
        }
        return balance > 0;
    }

    /** Returns the number of samples. */
    public long samples() {
        return samples;
    }
}
