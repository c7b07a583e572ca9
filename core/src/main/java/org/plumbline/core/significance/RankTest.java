package org.plumbline.core.significance;

/**
 * The exact two-sided test of a concept against random CAVs: {@code p = (1 + #{r : |T_r| >= |T|}) /
 * (R + 1)}. Valid for every model and traffic by exchangeability, see {@link RandomCavs}, at one
 * moment fixed beforehand; a p-value that is watched until it is small is not. {@link
 * SequentialRankTest} may be watched. Immutable.
 *
 * <p>Source: Besag and Clifford, Biometrika 1989; Phipson and Smyth, "Permutation p-values should
 * never be zero", 2010.
 *
 * @param atLeast random CAVs at least as far from neutral as the concept
 * @param pool random CAVs
 */
public record RankTest(int atLeast, int pool) {
    /**
     * Ranks a statistic whose neutral value is 0, see {@link PoolStatistic}.
     *
     * @param concept the concept's
     * @param random those of the random CAVs, {@code [R]}
     */
    public static RankTest of(double concept, double[] random) {
        int atLeast = 0;
        for (double value : random) {
            atLeast += Math.abs(value) >= Math.abs(concept) ? 1 : 0;
        }
        return new RankTest(atLeast, random.length);
    }

    /** Returns the p-value, at least {@code 1 / (R + 1)}. */
    public double pValue() {
        return (1.0 + atLeast) / (1.0 + pool);
    }
}
