package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.Explanations.Explained;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How far the sum of each attribution is from what its method promises, before any projection.
 * Immutable.
 *
 * @param name {@code completeness} of integrated gradients, {@code conservation} of relevance
 * @param errors sum less promise for each sample, in logits
 */
record Conservation(String name, List<Double> errors) {
    Conservation {
        errors = List.copyOf(errors);
    }

    /**
     * Returns the errors of a method that promises a sum; empty for the others.
     *
     * <p>Integrated gradients sum to the logit less that of the baseline (Sundararajan et al., ICML
     * 2017, proposition 1).
     */
    static Optional<Conservation> of(
            ExplanationMethod method,
            IntegratedGradients path,
            ExplainableModel model,
            Explained found) {
        if (method != ExplanationMethod.INTEGRATED_GRADIENTS
                || path.form() != IntegratedGradients.Form.STANDARD) {
            return Optional.empty();
        }
        DenseVector start = baselineLogits(path, model, found.relevance());
        List<Double> errors =
                IntStream.range(0, found.size())
                        .mapToObj(
                                i ->
                                        found.sum(i)
                                                - (found.logit(i)
                                                        - start.at(found.classes().get(i))))
                        .toList();
        return Optional.of(new Conservation("completeness", errors));
    }

    private static DenseVector baselineLogits(
            IntegratedGradients path, ExplainableModel model, FloatTensor relevance) {
        long[] one = relevance.shape();
        one[0] = 1;
        FloatTensor baseline =
                path.baseline()
                        .map(image -> FloatTensor.of(image.values(), one))
                        .orElseGet(() -> FloatTensor.zeros(one));
        return model.explain(ExplanationMethod.GRADIENT, baseline, -1).logits().row(0);
    }

    /** Returns the error of a sample. */
    double error(int row) {
        return errors.get(row);
    }

    /** Puts the mean and the largest magnitude. */
    void describe(ObjectNode node) {
        node.put(name + "_error_mean", magnitudes().average().orElse(0))
                .put(name + "_error_max", magnitudes().max().orElse(0));
    }

    private DoubleStream magnitudes() {
        return errors.stream().mapToDouble(Math::abs);
    }
}
