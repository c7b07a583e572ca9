package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.Explanations.Explained;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How far the sum of each attribution is from what its method promises, before any projection.
 * Immutable.
 *
 * @param name {@code completeness} of integrated gradients, {@code conservation} of relevance
 * @param errors sum less promise for each sample, in units of the attribution
 */
record Conservation(String name, List<Double> errors) {
    Conservation {
        errors = List.copyOf(errors);
    }

    /**
     * Returns how far integrated gradients are from the logit less that of the baseline; empty for
     * the published forms, which promise nothing.
     *
     * <p>Source: Sundararajan et al., ICML 2017, proposition 1.
     */
    static Optional<Conservation> ofPath(
            IntegratedGradients path, ExplainableModel model, Explained found) {
        if (path.form() != IntegratedGradients.Form.STANDARD) {
            return Optional.empty();
        }
        DenseVector start = baselineLogits(path, model, found.relevance());
        return Optional.of(
                of("completeness", found, i -> found.logit(i) - start.at(found.classes().get(i))));
    }

    /**
     * Returns how far relevance is from what it starts with, 1 or the logit. Rules that give biases
     * a share do not conserve it all.
     */
    static Conservation ofRelevance(LrpComposite rules, Explained found) {
        return of("conservation", found, i -> rules.fromLogit() ? found.logit(i) : 1);
    }

    private static Conservation of(String name, Explained found, IntToDoubleFunction promised) {
        return new Conservation(
                name,
                IntStream.range(0, found.size())
                        .mapToObj(i -> found.sum(i) - promised.applyAsDouble(i))
                        .toList());
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
