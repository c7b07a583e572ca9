package org.plumbline.worker.correction;

import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/**
 * Plain training by cross-entropy: the baseline of every table, and how a model is first made.
 * Immutable.
 *
 * @param start which parameters are trained, and from where
 * @param classWeights whether rare classes weigh more, by inverse frequency
 */
public record Vanilla(
        TrainingSettings training,
        Start start,
        boolean classWeights,
        Map<String, String> parameters)
        implements Correction {
    /** Copies the parameters. */
    public Vanilla {
        parameters = Map.copyOf(parameters);
    }

    static Vanilla parse(Parameters parameters) {
        TrainingSettings training = TrainingDefaults.adam(5, 1e-3).read(parameters);
        Start start = Start.read(parameters);
        boolean weights = parameters.flag("class_weights", true);
        return new Vanilla(training, start, weights, parameters.done("vanilla"));
    }

    @Override
    public String method() {
        return "vanilla";
    }
}
