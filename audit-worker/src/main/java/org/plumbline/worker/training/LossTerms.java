package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.instrument.Objective;
import org.plumbline.core.instrument.Objective.Criterion;
import org.plumbline.core.instrument.Objective.RrClarc;
import org.plumbline.core.tap.LossInputs;
import org.plumbline.core.tensor.DenseVector;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * What the loss needs besides samples. Immutable.
 *
 * @param objective decides which of the others are used
 * @param classWeights one for each class
 * @param cavs the concepts, unit vectors of one dimension; at least one
 * @param lambda weight of the penalty
 * @param targetClass whose logit criterion {@code target_logit} takes; empty: the label's
 * @param seed of random signs
 */
public record LossTerms(
        Objective objective,
        DenseVector classWeights,
        List<DenseVector> cavs,
        double lambda,
        OptionalInt targetClass,
        long seed) {
    /** Copies the list. */
    public LossTerms {
        cavs = List.copyOf(cavs);
    }

    /**
     * Returns the arguments of one step.
     *
     * @param labels labels that the loss gets, {@code int64}; borrowed
     * @param cavs what {@link #cavs} returned, or tangents; borrowed
     * @param batchLabels labels of the samples of the step
     */
    LossInputs inputs(NDManager unit, NDArray labels, NDArray cavs, long[] batchLabels, long step) {
        int classes = classWeights.dimension();
        return new LossInputs(
                labels,
                unit.create(classWeights.toArray()),
                cavs,
                unit.create(signs(batchLabels, step), new Shape(batchLabels.length, classes)),
                unit.create((float) lambda));
    }

    /** Returns the concepts as {@code [K, d]}. */
    NDArray cavs(NDManager manager) {
        int d = cavs.get(0).dimension();
        float[] rows = new float[cavs.size() * d];
        for (int k = 0; k < cavs.size(); k++) {
            System.arraycopy(cavs.get(k).toArray(), 0, rows, k * d, d);
        }
        return manager.create(rows, new Shape(cavs.size(), d));
    }

    /** Returns the factors {@code [n, classes]} of the logits before they are differentiated. */
    float[] signs(long[] labels, long step) {
        int classes = classWeights.dimension();
        float[] signs = new float[labels.length * classes];
        Criterion criterion =
                objective instanceof RrClarc rr ? rr.criterion() : Criterion.ALL_LOGITS;
        switch (criterion) {
            case TARGET_LOGIT -> {
                for (int i = 0; i < labels.length; i++) {
                    signs[i * classes + targetClass.orElse((int) labels[i])] = 1;
                }
            }
            case ALL_LOGITS_RANDOM -> {
                SplittableRandom random = new SplittableRandom(seed).split();
                random = new SplittableRandom(random.nextLong() + step);
                for (int i = 0; i < signs.length; i++) {
                    signs[i] = random.nextBoolean() ? 1 : -1;
                }
            }
            case ALL_LOGITS, MAX_LOGIT, LOGPROBS -> Arrays.fill(signs, 1);
        }
        return signs;
    }
}
