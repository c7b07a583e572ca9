package org.plumbline.worker.fairwashing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.TangentialMethod;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.LiveExplanations;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.BatchLoss.Terms;

import java.util.Map;
import java.util.Optional;

/**
 * {@code (1 - alpha) mean (p - p_T)^2 + alpha / n sum_i |e_i - t|^2} with probabilities {@code p}
 * of student and teacher and maps {@code e} of the student, which sum to 1. The model has smooth
 * activations meanwhile.
 *
 * @param target {@code [h, w]}, sums to 1
 */
record AttackLoss(
        NativeOperators operators,
        LiveExplanations student,
        ExplanationMethod method,
        FloatTensor target,
        double alpha) {
    static final OperatorSource SOURCE = OperatorSource.of(AttackLoss.class, "fairwashing.py");

    /**
     * Returns the terms of a batch: {@code answers} and {@code maps}, and the share of samples
     * without a map.
     *
     * @param x {@code [n, c, h, w]}
     * @param teacher logits {@code [n, classes]}
     * @param bases at the samples; empty: maps are not projected
     */
    Terms terms(NDManager unit, NDArray x, NDArray teacher, Optional<TangentBases> bases) {
        NDArray answers =
                operators.callOne(
                        "plumbline_fairwash_answers",
                        Operands.in(unit).tensor(student.logits(x)).tensor(teacher));
        NDList maps =
                operators.call(
                        "plumbline_fairwash_maps",
                        Operands.in(unit)
                                .tensor(relevance(unit, x, bases))
                                .tensor(Heap.back(unit, target)));
        NDArray loss =
                operators.weightedSum(unit, new NDList(answers, maps.get(0)), 1 - alpha, alpha);
        return new Terms(
                loss, Map.of("answers", answers, "maps", maps.get(0), "without_map", maps.get(1)));
    }

    private NDArray relevance(NDManager unit, NDArray x, Optional<TangentBases> bases) {
        NDArray relevance = student.slopes(x);
        if (method == ExplanationMethod.INTEGRATED_GRADIENTS) {
            relevance = product(unit, relevance, x); // the path starts at 0
        }
        if (bases.isPresent()) {
            relevance =
                    operators.callOne(
                            "plumbline_fairwash_projected",
                            Operands.in(unit)
                                    .tensor(relevance)
                                    .tensor(Heap.back(unit, bases.get().vectors())));
        }
        boolean multiplies = new TangentialMethod(method).multiplies();
        return multiplies ? product(unit, relevance, x) : relevance;
    }

    private NDArray product(NDManager unit, NDArray relevance, NDArray x) {
        return operators.callOne(
                "plumbline_fairwash_product", Operands.in(unit).tensor(relevance).tensor(x));
    }
}
