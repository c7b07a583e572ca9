package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tap.Operands;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;

/** What makes a classifier more biased than plain training would. */
public sealed interface BiasedLoss {
    /** Returns the loss of a batch, a scalar with its graph. */
    NDArray of(ReweightingLosses losses, NDManager unit, NDArray logits, NDArray labels);

    /** Cross-entropy. Immutable. */
    record Plain() implements BiasedLoss {
        @Override
        public NDArray of(
                ReweightingLosses losses, NDManager unit, NDArray logits, NDArray labels) {
            NDArray ones = unit.ones(new Shape(logits.getShape().get(1)));
            return losses.operators().crossEntropy(unit, logits, labels, ones);
        }
    }

    /**
     * Generalised cross-entropy as published, the mean of {@code q sg(p_y)^q CE}: easy samples
     * weigh more. Immutable.
     *
     * <p>Source: Zhang and Sabuncu, NeurIPS 2018; ParkGeonYeong/DCWP.
     *
     * @param q in (0, 1]
     */
    record Generalised(double q) implements BiasedLoss {
        @Override
        public NDArray of(
                ReweightingLosses losses, NDManager unit, NDArray logits, NDArray labels) {
            NDArray each = losses.crossEntropy(unit, logits, labels);
            return losses.mean(unit, losses.generalised(unit, each, q));
        }
    }

    /**
     * Mean cross-entropy of samples whose label has a probability above a threshold; 0 if there is
     * none. Immutable.
     *
     * @param threshold in [0, 1); published: 0.05
     */
    record Confident(double threshold) implements BiasedLoss {
        @Override
        public NDArray of(
                ReweightingLosses losses, NDManager unit, NDArray logits, NDArray labels) {
            return losses.operators()
                    .callOne(
                            "plumbline_confident",
                            Operands.in(unit).tensor(logits).tensor(labels).number(threshold));
        }
    }
}
