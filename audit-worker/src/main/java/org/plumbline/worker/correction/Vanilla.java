package org.plumbline.worker.correction;

import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/**
 * Plain training by cross-entropy: the baseline of every table, and how a model is first made.
 * Immutable.
 *
 * @param scope which parameters are trained
 * @param classWeights whether rare classes weigh more, by inverse frequency
 */
public record Vanilla(
        TrainingSettings training,
        Scope scope,
        boolean classWeights,
        Map<String, String> parameters)
        implements Correction {
    /** Copies the parameters. */
    public Vanilla {
        parameters = Map.copyOf(parameters);
    }

    static Vanilla parse(Parameters parameters) {
        TrainingSettings training = TrainingDefaults.adam(5, 1e-3).read(parameters);
        Scope scope = parameters.choice("trainable", Scope.ALL, Scope.class);
        boolean weights = parameters.flag("class_weights", true);
        return new Vanilla(training, scope, weights, parameters.done("vanilla"));
    }

    @Override
    public String method() {
        return "vanilla";
    }
}
