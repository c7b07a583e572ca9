package org.plumbline.worker.correction;

import org.plumbline.worker.correction.ensemble.Disentangling;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/**
 * DisEnt, alone or on BiasEnsemble's detectors: two encoders, one of intrinsic and one of biased
 * features, whose classifiers read both; bias features are swapped between samples. Needs no bias
 * labels. Immutable.
 *
 * <p>Source: Lee et al., "Learning Debiased Representation via Disentangled Feature Augmentation",
 * NeurIPS 2021, code kakaoenterprise/Learning-Debiased-Disentangled; BiasEnsemble as in {@link
 * Lff}.
 *
 * @param method {@code disent} or {@code disent-be}
 */
public record DisEnt(
        String method,
        TrainingSettings training,
        Reweighting reweighting,
        Disentangling disentangling,
        Map<String, String> parameters)
        implements Correction {
    /** Copies the parameters. */
    public DisEnt {
        parameters = Map.copyOf(parameters);
    }

    static DisEnt plain(Parameters parameters) {
        return parse("disent", parameters, false);
    }

    static DisEnt onEnsemble(Parameters parameters) {
        return parse("disent-be", parameters, true);
    }

    private static DisEnt parse(String method, Parameters parameters, boolean ensemble) {
        TrainingSettings training = Reweighting.training(parameters, true);
        Reweighting reweighting = Reweighting.read(parameters, ensemble, 0);
        Disentangling disentangling =
                new Disentangling(
                        weight(parameters, "lambda_dis"),
                        weight(parameters, "lambda_swap"),
                        weight(parameters, "lambda_swapalign"),
                        parameters.whole("curr_step", 10_000, 0, 100_000_000),
                        parameters.whole("lr_decay_step", 10_000, 1, 100_000_000),
                        parameters.real("lr_gamma", 0.5, v -> v > 0 && v <= 1, "in (0, 1]"));
        return new DisEnt(method, training, reweighting, disentangling, parameters.done(method));
    }

    private static double weight(Parameters parameters, String name) {
        return parameters.real(name, 1, v -> v >= 0 && v < 1e6, ">= 0");
    }
}
