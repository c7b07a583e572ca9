package org.plumbline.core.significance;

import java.util.Arrays;

/**
 * The t-test of concepts against random CAVs that may be watched: under the null hypothesis and a
 * normal pool {@code P(p <= a at any time) <= a} for every {@code a}. Unlike ranks its p-values
 * have no floor, so that they survive Holm's correction over thousands of series. Confined to one
 * thread.
 *
 * <p>Look {@code i}, at {@code 2^(i-1) first} samples, spends the share {@code 1 / (i (i + 1))} of
 * the error: {@code p = min_i min(1, i (i + 1) p_i)} with {@code p_i} of {@link StudentTest#ofOne};
 * the shares add up to 1, so Bonferroni's inequality gives the guarantee. Mean sensitivities along
 * random CAVs are near normal where the activations vary in many directions; where few dominate,
 * they are bounded by few deviations and the test errs on the safe side. Scores are not normal, see
 * {@link SequentialRankTest} for them.
 */
public final class SequentialStudentTest {
    private final PoolStatistic statistic;
    private final double degrees;
    private final double[] smallest;
    private final Looks looks;

    /**
     * Makes a test before its first look.
     *
     * @param statistic what is compared
     * @param concepts {@code K}
     * @param firstLook samples at the first look, at least 1
     * @param degrees of freedom that the examples behind the random CAVs leave to their spread:
     *     examples less groups, at least 1; infinite for directions drawn independently
     */
    public SequentialStudentTest(
            PoolStatistic statistic, int concepts, long firstLook, double degrees) {
        this.statistic = statistic;
        this.degrees = degrees;
        smallest = new double[concepts];
        Arrays.fill(smallest, 1);
        looks = new Looks(firstLook);
    }

    /**
     * Takes a look if one is due. Call it after every sample.
     *
     * @param tally of at least 2 random CAVs
     * @return whether a look was taken
     */
    public boolean update(PoolTally tally) {
        if (looks.due(tally.samples()) == 0) {
            return false;
        }
        double[] concepts = tally.ofConcepts(statistic);
        double[] random = tally.ofRandom(statistic);
        double share = looks.taken() * (looks.taken() + 1.0);
        for (int k = 0; k < concepts.length; k++) {
            double p = share * StudentTest.ofOne(concepts[k], random, degrees).pValue();
            smallest[k] = Math.min(smallest[k], p);
        }
        return true;
    }

    /** Returns the anytime-valid p-values of all concepts, {@code [K]}; they never rise. */
    public double[] pValues() {
        return smallest.clone();
    }
}
