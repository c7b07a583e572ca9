package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;

/**
 * Losses of samples and their means, with graphs. Arrays are borrowed; results hang on the unit.
 *
 * <p>Source: alinlab/LfF, {@code module/loss.py}; kakaoenterprise/BiasEnsemble, {@code learner.py}.
 *
 * @param operators loaded with {@link #SOURCE}
 */
public record ReweightingLosses(NativeOperators operators) {
    /** The functions. */
    public static final OperatorSource SOURCE =
            OperatorSource.of(ReweightingLosses.class, "ensemble.py");

    /** Returns the cross-entropy of every sample, {@code [n]}. */
    public NDArray crossEntropy(NDManager unit, NDArray logits, NDArray labels) {
        return operators.sampleCrossEntropy(unit, logits, labels);
    }

    /**
     * Returns the softmax probability of every sample's label, and 1 where another class is
     * predicted, {@code [n, 2]}, without graph.
     */
    public NDArray verdicts(NDManager unit, NDArray logits, NDArray labels) {
        return operators.callOne(
                "plumbline_verdicts", Operands.in(unit).tensor(logits).tensor(labels));
    }

    /**
     * Returns the generalised cross-entropy {@code q sg(p_y)^q CE} of every sample, {@code [n]}, as
     * the authors implement it: its gradient, not its value, is that of {@code 1 - p_y^q}.
     *
     * @param crossEntropy of every sample, {@code [n]}: {@code p_y} follows from it
     * @param q in (0, 1]
     */
    public NDArray generalised(NDManager unit, NDArray crossEntropy, double q) {
        return operators.callOne("plumbline_gce", Operands.in(unit).tensor(crossEntropy).number(q));
    }

    /** Returns the mean, a scalar. */
    public NDArray mean(NDManager unit, NDArray losses) {
        return operators.callOne("plumbline_mean", Operands.in(unit).tensor(losses));
    }

    /** Returns the mean over samples whose flag is 1, a scalar; 0 if there is none. */
    public NDArray meanOf(NDManager unit, NDArray losses, NDArray flags) {
        return operators.callOne(
                "plumbline_mean_of", Operands.in(unit).tensor(losses).tensor(flags));
    }

    /** Returns {@code mean_i w_i l_i}, the weights being constants. */
    public NDArray weightedMean(NDManager unit, NDArray losses, NDArray weights) {
        return operators.callOne(
                "plumbline_weighted_mean", Operands.in(unit).tensor(losses).tensor(weights));
    }

    /**
     * Returns logits of a classifier over joined features: those of its own half plus what the
     * other encoder's features, which are constants here, add through {@code weight}.
     *
     * @param own {@code [n, classes]}, bias included
     * @param foreign features {@code [n, …]} of the other encoder, flattened to {@code [n, d]}
     * @param weight {@code [classes, d]}
     */
    public NDArray joined(NDManager unit, NDArray own, NDArray foreign, NDArray weight) {
        NDArray added =
                operators.callOne(
                        "plumbline_foreign", Operands.in(unit).tensor(foreign).tensor(weight));
        return operators.callOne("plumbline_sum", Operands.in(unit).tensor(own).tensor(added));
    }

    /** Returns some rows of an array, with graph. */
    public NDArray rows(NDManager unit, NDArray array, NDArray rows) {
        return operators.rows(unit, new NDList(array), rows).get(0);
    }
}
