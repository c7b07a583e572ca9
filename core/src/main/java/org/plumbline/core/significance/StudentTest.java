package org.plumbline.core.significance;

import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.TTest;

import java.util.Arrays;

/**
 * A two-sided t-test, valid at one sample size for values near a normal distribution. Samples
 * without any spread give {@code t = 0, p = 1} for equal means, else an infinite {@code t} and
 * {@code p = 0}. Immutable.
 *
 * <p>Source: Student 1908, Welch 1947, as in scipy.stats; {@link #ofOne} is Crawford and Howell,
 * The Clinical Neuropsychologist 1998; Satterthwaite, Biometrics Bulletin 1946.
 *
 * @param t the statistic, positive if the first mean is larger
 * @param degreesOfFreedom of the t distribution
 * @param pValue in [0, 1]
 */
public record StudentTest(double t, double degreesOfFreedom, double pValue) {
    /** Compares two means without assuming equal variances; each sample has at least 2 values. */
    public static StudentTest welch(double[] first, double[] second) {
        return twoSamples(first, second, DataDispersion.HETEROSCEDASTIC);
    }

    /** Compares two means with a pooled variance; each sample has at least 2 values. */
    public static StudentTest pooled(double[] first, double[] second) {
        return twoSamples(first, second, DataDispersion.HOMOSCEDASTIC);
    }

    /** Compares the mean of at least 2 values with a number. */
    public static StudentTest oneSample(double[] values, double mean) {
        check(values);
        if (constant(values)) {
            return flat(values[0] - mean, values.length - 1.0);
        }
        return of(TTest.withDefaults().withMu(mean).test(values));
    }

    /**
     * Compares one value with a sample of at least 2: {@code t = (x - m) / (s sqrt(1 + 1/n))} with
     * {@code n - 1} degrees of freedom. Unlike a rank it can fall below {@code 1 / (n + 1)}, at the
     * price of assuming a normal sample.
     */
    public static StudentTest ofOne(double value, double[] sample) {
        return ofOne(value, sample, Double.POSITIVE_INFINITY);
    }

    /**
     * As {@link #ofOne(double, double[])} for a sample that was itself drawn from data that leave
     * {@code source} degrees of freedom to its variance: {@code n} random splits of few examples
     * know the spread no better than those examples do. By Satterthwaite's rule the t distribution
     * has {@code 1 / (1/(n - 1) + 1/source)} degrees.
     *
     * @param source at least 1; infinite for a sample of independent values
     */
    public static StudentTest ofOne(double value, double[] sample, double source) {
        check(sample);
        if (!(source >= 1)) {
            throw new IllegalArgumentException("degrees: " + source + " (expected: >= 1)");
        }
        double degrees = 1 / (1 / (sample.length - 1.0) + 1 / source);
        if (constant(sample)) {
            return flat(value - sample[0], degrees);
        }
        double spread = EffectSize.deviation(sample) * Math.sqrt(1 + 1.0 / sample.length);
        double t = (value - EffectSize.mean(sample)) / spread;
        double tail = TDistribution.of(degrees).survivalProbability(Math.abs(t));
        return new StudentTest(t, degrees, Math.min(1, 2 * tail));
    }

    private static StudentTest twoSamples(
            double[] first, double[] second, DataDispersion dispersion) {
        check(first);
        check(second);
        if (constant(first) && constant(second)) {
            return flat(first[0] - second[0], first.length + second.length - 2.0);
        }
        return of(TTest.withDefaults().with(dispersion).test(first, second));
    }

    private static StudentTest of(TTest.Result result) {
        return new StudentTest(
                result.getStatistic(), result.getDegreesOfFreedom(), result.getPValue());
    }

    private static StudentTest flat(double difference, double degrees) {
        return difference == 0
                ? new StudentTest(0, degrees, 1)
                : new StudentTest(difference * Double.POSITIVE_INFINITY, degrees, 0);
    }

    private static boolean constant(double[] values) {
        return Arrays.stream(values).allMatch(v -> v == values[0]);
    }

    private static void check(double[] values) {
        if (values.length < 2) {
            throw new IllegalArgumentException(
                    "sample: " + values.length + " values (expected: >= 2)");
        }
    }
}
