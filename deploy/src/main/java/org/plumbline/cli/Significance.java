package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.significance.Holm;
import org.plumbline.core.significance.PoolComparison;
import org.plumbline.core.significance.PoolStatistic;
import org.plumbline.core.significance.PoolTally;
import org.plumbline.core.significance.RandomCavs;
import org.plumbline.core.tap.Sensitivities;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.List;

/**
 * A concept beside the random CAVs of its layer, by class, over the same samples. Confined to one
 * thread.
 */
final class Significance {
    private final RandomCavs random;
    private final List<float[]> values = new ArrayList<>(); // the concept's first, by sample

    Significance(RandomCavs random) {
        this.random = random;
    }

    /** Returns the concept's CAV and the random ones behind it. */
    List<DenseVector> directions(DenseVector cav) {
        List<DenseVector> all = new ArrayList<>(List.of(cav));
        FloatTensor rows = random.directions();
        for (int r = 0; r < rows.rows(); r++) {
            all.add(rows.row(r));
        }
        return all;
    }

    /** Adds the sensitivities of a batch along {@link #directions}. */
    void add(Sensitivities batch) {
        for (int i = 0; i < batch.samples(); i++) {
            float[] row = new float[batch.concepts()];
            for (int k = 0; k < row.length; k++) {
                row[k] = batch.mean(i, k);
            }
            values.add(row);
        }
    }

    /**
     * Puts the comparison of score and sensitivity for every class, p-values corrected over the
     * classes, and for all samples together, which is one test.
     */
    void describe(ObjectNode node, List<ClassRows> classes) {
        node.put("random_cavs", random.count());
        ArrayNode rows = node.putArray("significance");
        for (PoolStatistic statistic : PoolStatistic.values()) {
            List<PoolComparison> found =
                    classes.stream().map(c -> PoolComparison.of(tally(c), 0, statistic)).toList();
            double[] corrected =
                    Holm.correct(found.stream().mapToDouble(c -> c.rank().pValue()).toArray());
            for (int c = 0; c < corrected.length; c++) {
                ObjectNode row = rows.addObject().put("class", classes.get(c).label());
                describe(row, found.get(c));
                row.put("p_value_corrected", corrected[c]);
            }
            if (corrected.length > 1) {
                ClassRows all = ClassRows.all(values.size());
                PoolComparison together = PoolComparison.of(tally(all), 0, statistic);
                describe(rows.addObject().put("class", all.label()), together);
            }
        }
    }

    private PoolTally tally(ClassRows rows) {
        PoolTally tally = new PoolTally(1, random.count());
        for (int place : rows.samples()) {
            float[] all = values.get(place);
            float[] pool = new float[random.count()];
            System.arraycopy(all, 1, pool, 0, pool.length);
            tally.add(new float[] {all[0]}, pool);
        }
        return tally;
    }

    private static void describe(ObjectNode row, PoolComparison found) {
        boolean score = found.statistic() == PoolStatistic.SCORE;
        row.put("statistic", score ? "score" : "sensitivity")
                .put("value", score ? score(found.value()) : found.value())
                .put("random_mean", score ? score(found.poolMean()) : found.poolMean())
                .put("random_deviation", score ? found.poolDeviation() / 2 : found.poolDeviation())
                .put("cohens_d", found.effect().cohensD())
                .put("cliffs_delta", found.effect().cliffsDelta())
                .put("student_p_value", found.student().pValue())
                .put("p_value", found.rank().pValue());
    }

    /** Returns the score in [0, 1] of the statistic in [-1, 1]. */
    private static double score(double balance) {
        return (balance + 1) / 2;
    }
}
