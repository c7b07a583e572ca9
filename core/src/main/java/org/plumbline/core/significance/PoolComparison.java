package org.plumbline.core.significance;

/**
 * One concept beside the random CAVs of its layer, at one moment. The p-values are for reading, not
 * for alerting: they assume that the moment was not chosen by looking at them. Immutable.
 *
 * @param statistic what is compared
 * @param value the concept's
 * @param poolMean mean over random CAVs
 * @param poolDeviation standard deviation over random CAVs
 * @param effect of the concept against the pool
 * @param rank the exact test
 * @param student the test that assumes a normal pool, for p-values below {@code 1 / (R + 1)}
 */
public record PoolComparison(
        PoolStatistic statistic,
        double value,
        double poolMean,
        double poolDeviation,
        EffectSize effect,
        RankTest rank,
        StudentTest student) {

    /** Compares concept {@code k} with the pool of at least 2 random CAVs. */
    public static PoolComparison of(PoolTally tally, int k, PoolStatistic statistic) {
        double value = tally.ofConcepts(statistic)[k];
        double[] random = tally.ofRandom(statistic);
        return new PoolComparison(
                statistic,
                value,
                EffectSize.mean(random),
                EffectSize.deviation(random),
                EffectSize.of(new double[] {value}, random),
                RankTest.of(value, random),
                StudentTest.ofOne(value, random));
    }
}
