package org.plumbline.plugin.pipeline;

import org.plumbline.core.significance.EffectSize;
import org.plumbline.core.significance.PoolStatistic;
import org.plumbline.core.significance.PoolTally;
import org.plumbline.core.significance.SequentialStudentTest;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.window.ConceptSample;

import java.util.List;

/**
 * The concepts of one class beside the random CAVs, over the same samples. Tested by {@link
 * SequentialStudentTest}: ranks among R directions cannot survive a correction over many series.
 * Confined to one thread.
 */
final class PoolWatch {
    private static final PoolStatistic STATISTIC = PoolStatistic.SENSITIVITY;
    private static final long FIRST_LOOK = 64;

    private final PoolTally tally;
    private final SequentialStudentTest test;

    PoolWatch(int concepts, int random, double degrees) {
        tally = new PoolTally(concepts, random);
        test = new SequentialStudentTest(STATISTIC, concepts, FIRST_LOOK, degrees);
    }

    /** Adds a sample; true if that was one at which the test looks. */
    boolean add(List<ConceptSample> concepts, DenseVector random) {
        float[] means = new float[concepts.size()];
        for (int k = 0; k < means.length; k++) {
            means[k] = (float) concepts.get(k).mean();
        }
        return tally.add(means, random.toArray()) && test.update(tally);
    }

    /** Returns the anytime-valid p-values before any correction, one per concept. */
    double[] pValues() {
        return test.pValues();
    }

    long samples() {
        return tally.samples();
    }

    /** Returns what concept {@code k} shows; {@code corrected} is its corrected p-value. */
    PoolEvidence evidence(int k, double corrected) {
        double value = tally.ofConcepts(STATISTIC)[k];
        return new PoolEvidence(
                corrected,
                test.pValues()[k],
                EffectSize.of(new double[] {value}, tally.ofRandom(STATISTIC)),
                tally.samples(),
                tally.random());
    }
}
