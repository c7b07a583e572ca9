package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;

/**
 * The debiased supervised contrastive loss {@code mean over anchors i of -(1 / |P(i)|) sum over j
 * in P(i) of (a_ij - log sum over k != i of exp a_ik)}, {@code a_ij = f_i . f_j / temperature} of
 * features of length 1. Anchors without positives are left out; 0 if none has any. Immutable.
 *
 * <p>Source: Park et al., CVPR 2023, section 3.3; ParkGeonYeong/DCWP, {@code prune/Loss.py}.
 *
 * @param temperature above 0; published: 0.07
 * @param baseTemperature the loss is multiplied by the ratio of the two
 */
public record DebiasedContrast(double temperature, double baseTemperature, Positives positives) {

    /** Which samples of the anchor's class attract it. */
    public enum Positives {
        /** Pairs with a flagged member, as the paper says. */
        EITHER_FLAGGED(0),
        /** Flagged samples alone, as the published code does. */
        FLAGGED(1),
        /** All of them: the plain supervised contrastive loss. */
        SAME_CLASS(2);

        private final int form;

        Positives(int form) {
            this.form = form;
        }
    }

    /** Checks the temperatures. */
    public DebiasedContrast {
        if (!(temperature > 0) || !(baseTemperature > 0)) {
            throw new IllegalArgumentException(
                    "contrast_temperature: " + temperature + " (expected: > 0)");
        }
    }

    /**
     * Returns the loss, a scalar with its graph.
     *
     * @param features {@code [n, d]}, or {@code [n, d, ...]} whose mean over locations is taken
     * @param labels {@code [n]} int64
     * @param flags {@code [n]}, 1 for samples that probably conflict with the bias, else 0
     */
    NDArray of(
            NativeOperators operators,
            NDManager unit,
            NDArray features,
            NDArray labels,
            NDArray flags) {
        return operators.callOne(
                "plumbline_debiased_contrast",
                Operands.in(unit)
                        .tensor(features)
                        .tensor(labels)
                        .tensor(flags)
                        .numbers(temperature, baseTemperature, positives.form));
    }
}
