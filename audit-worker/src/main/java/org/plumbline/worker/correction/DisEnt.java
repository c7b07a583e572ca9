package org.plumbline.worker.correction;

import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.correction.ensemble.Disentangling;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;
import java.util.Optional;

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
 * @param featureLayer whose value is the input of the last linear layer; empty: it is searched
 */
public record DisEnt(
        String method,
        TrainingSettings training,
        Reweighting reweighting,
        Disentangling disentangling,
        Optional<LayerPath> featureLayer,
        Map<String, String> parameters)
        implements Correction {
    private static final String SEARCHED = "auto";

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
        Optional<LayerPath> features =
                parameters.parsed("feature_layer", SEARCHED, DisEnt::featureLayer);
        return new DisEnt(
                method, training, reweighting, disentangling, features, parameters.done(method));
    }

    private static Optional<LayerPath> featureLayer(String path) {
        return path.equals(SEARCHED) ? Optional.empty() : Optional.of(new LayerPath(path));
    }

    private static double weight(Parameters parameters, String name) {
        return parameters.real(name, 1, v -> v >= 0 && v < 1e6, ">= 0");
    }
}
