package org.plumbline.core.significance;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The rank test that may be watched: p-values of concepts against random CAVs of which, under the
 * null hypothesis, {@code P(p <= a at any time) <= a} for every {@code a}. Confined to one thread.
 *
 * <p>Looks are taken when the number of samples reaches {@code first, 2 first, 4 first, ...}. Each
 * look gives out the next ranks, {@code ranksPerLook} of them: among the directions without a rank
 * the one farthest from neutral takes the next. A concept that has taken rank {@code k} keeps the
 * p-value {@code k / (R + 1)}; until then it is 1. The {@code R + 1} directions are exchangeable
 * whatever the traffic and the procedure treats them alike, so each is equally likely to take rank
 * {@code k}; a concept with rank at most {@code a (R + 1)} therefore has probability at most {@code
 * a}. Ties go to the random CAVs, which only makes p-values larger. On steady traffic the largest
 * directions stay the largest, so little is lost to a test at one moment: this is alpha spending
 * (Lan and DeMets, Biometrika 1983) over ranks. What it cannot do is give a small p-value to a
 * concept that gains influence late; see the drift detector for that.
 *
 * <p>The pool takes its ranks alike for every concept that has none yet, so concepts share it.
 */
public final class SequentialRankTest {
    private final PoolStatistic statistic;
    private final int ranksPerLook;
    private final int[] rankOfConcept;
    private final boolean[] ranked;
    private final Looks looks;
    private int given;

    /**
     * Makes a test before its first look.
     *
     * @param statistic what is compared
     * @param concepts {@code K}
     * @param random {@code R}
     * @param firstLook samples at the first look, at least 1
     * @param ranksPerLook ranks given out at each look, at least 1; few keep late p-values small,
     *     many let mildly significant concepts have one
     */
    public SequentialRankTest(
            PoolStatistic statistic, int concepts, int random, long firstLook, int ranksPerLook) {
        if (ranksPerLook < 1) {
            throw new IllegalArgumentException(
                    "ranks per look: " + ranksPerLook + " (expected: >= 1)");
        }
        this.statistic = statistic;
        this.ranksPerLook = ranksPerLook;
        rankOfConcept = new int[concepts];
        ranked = new boolean[random];
        looks = new Looks(firstLook);
    }

    /**
     * Takes a look if one is due. Call it after every sample: a look delayed for a reason that
     * depends on a concept's numbers would void the guarantee.
     *
     * @return whether a look was taken
     */
    public boolean update(PoolTally tally) {
        int due = ranksPerLook * looks.due(tally.samples());
        if (due == 0 || given == ranked.length) {
            return false;
        }
        look(tally.ofConcepts(statistic), tally.ofRandom(statistic), due);
        return true;
    }

    private void look(double[] concepts, double[] random, int due) {
        int[] strongest =
                IntStream.range(0, random.length)
                        .filter(r -> !ranked[r])
                        .boxed()
                        .sorted(Comparator.comparingDouble(r -> -Math.abs(random[r])))
                        .limit(due)
                        .mapToInt(Integer::intValue)
                        .toArray();
        for (int k = 0; k < concepts.length; k++) {
            for (int i = 0; rankOfConcept[k] == 0 && i < strongest.length; i++) {
                if (Math.abs(concepts[k]) > Math.abs(random[strongest[i]])) {
                    rankOfConcept[k] = given + i + 1;
                }
            }
        }
        for (int r : strongest) {
            ranked[r] = true;
        }
        given += strongest.length;
    }

    /** Returns the anytime-valid p-value of concept {@code k}, in (0, 1]; it never rises. */
    public double pValue(int k) {
        return rankOfConcept[k] == 0 ? 1 : (double) rankOfConcept[k] / (ranked.length + 1);
    }

    /** Returns the anytime-valid p-values of all concepts, {@code [K]}. */
    public double[] pValues() {
        double[] values = new double[rankOfConcept.length];
        Arrays.setAll(values, this::pValue);
        return values;
    }

    /** Returns the number of samples at which the next look is due. */
    public long nextLook() {
        return looks.next();
    }
}
