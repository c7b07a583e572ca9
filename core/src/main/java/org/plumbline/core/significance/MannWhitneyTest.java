package org.plumbline.core.significance;

import org.apache.commons.statistics.inference.ContinuityCorrection;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;

/**
 * The two-sided Mann-Whitney U test, valid at one sample size. Immutable.
 *
 * <p>Source: Mann and Whitney, Annals of Mathematical Statistics 1947, as in scipy.stats: mid-ranks
 * and a tie-corrected variance.
 *
 * @param u pairs in which the first sample's value is larger, ties counting half
 * @param pValue in [0, 1]
 */
public record MannWhitneyTest(double u, double pValue) {
    /** Returns the test by the normal limit with continuity correction. */
    public static MannWhitneyTest asymptotic(double[] first, double[] second) {
        return of(first, second, PValueMethod.ASYMPTOTIC, ContinuityCorrection.ENABLED);
    }

    /** Returns the test by the normal limit without continuity correction. */
    public static MannWhitneyTest uncorrected(double[] first, double[] second) {
        return of(first, second, PValueMethod.ASYMPTOTIC, ContinuityCorrection.DISABLED);
    }

    /** Returns the test by the exact distribution of U; the samples must have no ties. */
    public static MannWhitneyTest exact(double[] first, double[] second) {
        return of(first, second, PValueMethod.EXACT, ContinuityCorrection.ENABLED);
    }

    private static MannWhitneyTest of(
            double[] first, double[] second, PValueMethod method, ContinuityCorrection correction) {
        if (first.length == 0 || second.length == 0) {
            throw new IllegalArgumentException("sample: 0 values (expected: >= 1)");
        }
        MannWhitneyUTest.Result result =
                MannWhitneyUTest.withDefaults().with(method).with(correction).test(first, second);
        if (method == PValueMethod.EXACT && result.hasTiedValues()) {
            throw new IllegalArgumentException("sample: ties (expected: distinct values)");
        }
        double p = result.getPValue();
        return new MannWhitneyTest(result.getStatistic(), Double.isNaN(p) ? 1 : p);
    }
}
