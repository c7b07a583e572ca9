package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.worker.training.BatchLoss.Terms;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * EnD's regularisers of a batch. With {@code g_ij} the products of the rows of the bottleneck, each
 * brought to length 1, clamped to [-1, 1]: the disentangling term is {@code sum_c |sum_{i > j, b_i
 * = b_j = c} g_ij|} over the number of such pairs, the entangling one the mean of {@code (1 - g_ij)
 * / 2} over pairs of one class and several biases.
 */
record EndLoss(NativeOperators operators, boolean normalise, boolean publishedPairMask) {
    static final OperatorSource SOURCE = OperatorSource.of(EndLoss.class, "end.py");

    /** The two terms, scalars with graph. */
    record Regularisers(NDArray disentangling, NDArray entangling) {}

    /**
     * Returns both terms.
     *
     * @param bottleneck {@code [n, …]}
     * @param y labels {@code [n]} int64
     * @param bias bias labels {@code [n]} int64
     */
    Regularisers of(NDManager unit, NDArray bottleneck, NDArray y, NDArray bias) {
        NDArray rows =
                normalise
                        ? operators.callOne(
                                "plumbline_end_unit_rows", Operands.in(unit).tensor(bottleneck))
                        : bottleneck;
        NDArray gram = operators.callOne("plumbline_end_gram", Operands.in(unit).tensor(rows));
        NDArray disentangling =
                operators.callOne(
                        "plumbline_end_disentangling", Operands.in(unit).tensor(gram).tensor(bias));
        NDArray entangling =
                operators.callOne(
                        "plumbline_end_entangling",
                        Operands.in(unit)
                                .tensor(gram)
                                .tensor(y)
                                .tensor(bias)
                                .number(publishedPairMask ? 1 : 0));
        return new Regularisers(disentangling, entangling);
    }

    /**
     * Returns {@code CE + alpha disentangling + beta entangling}; terms of weight 0 are left out.
     */
    Terms terms(
            NDManager unit, NDArray crossEntropy, Regularisers terms, double alpha, double beta) {
        NDList summed = new NDList(crossEntropy);
        List<Double> factors = new ArrayList<>(List.of(1.0));
        if (alpha != 0) {
            summed.add(terms.disentangling());
            factors.add(alpha);
        }
        if (beta != 0) {
            summed.add(terms.entangling());
            factors.add(beta);
        }
        NDArray loss =
                summed.size() == 1
                        ? crossEntropy
                        : operators.weightedSum(
                                unit,
                                summed,
                                factors.stream().mapToDouble(Double::doubleValue).toArray());
        return new Terms(
                loss,
                Map.of(
                        "cross_entropy", crossEntropy,
                        "disentangling", terms.disentangling(),
                        "entangling", terms.entangling()));
    }
}
