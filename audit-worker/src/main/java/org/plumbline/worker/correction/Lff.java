package org.plumbline.worker.correction;

import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/**
 * Learning from failure, alone or on BiasEnsemble's detectors: a debiased network is trained with
 * weights that are large where a biased one fails. Needs no bias labels. Immutable.
 *
 * <p>Source: Nam et al., "Learning from Failure", NeurIPS 2020, code alinlab/LfF; Lee et al.,
 * "Revisiting the Importance of Amplifying Bias for Debiasing", AAAI 2023, code
 * kakaoenterprise/BiasEnsemble.
 *
 * @param method {@code lff} or {@code lff-be}
 */
public record Lff(
        String method,
        TrainingSettings training,
        Reweighting reweighting,
        Map<String, String> parameters)
        implements Correction {
    private static final double PUBLISHED_GUARD = 1e-8; // with BiasEnsemble; none without

    /** Copies the parameters. */
    public Lff {
        parameters = Map.copyOf(parameters);
    }

    static Lff plain(Parameters parameters) {
        return parse("lff", parameters, false);
    }

    static Lff onEnsemble(Parameters parameters) {
        return parse("lff-be", parameters, true);
    }

    private static Lff parse(String method, Parameters parameters, boolean ensemble) {
        TrainingSettings training = Reweighting.training(parameters, ensemble);
        Reweighting reweighting =
                Reweighting.read(parameters, ensemble, ensemble ? PUBLISHED_GUARD : 0);
        return new Lff(method, training, reweighting, parameters.done(method));
    }
}
