package org.plumbline.worker.correction;

import org.plumbline.core.torchscript.Initialiser.Convolutions;
import org.plumbline.worker.correction.ensemble.DetectorSettings;
import org.plumbline.worker.correction.ensemble.RelativeDifficulty;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Optional;

/**
 * What learning from failure and DisEnt have in common: a biased network says which samples the
 * debiased one should learn most from. Immutable.
 *
 * @param q exponent of the generalised cross-entropy, in (0, 1]
 * @param difficulty of moving averages and their guards
 * @param detectors BiasEnsemble's; empty: the biased network learns from all samples by the
 *     generalised cross-entropy
 * @param start of the debiased network
 * @param biasedStart of the biased network and the detectors
 * @param convolutions how their weights are drawn
 */
public record Reweighting(
        double q,
        RelativeDifficulty.Settings difficulty,
        Optional<DetectorSettings> detectors,
        Origin start,
        Origin biasedStart,
        Convolutions convolutions) {

    /** Published code adds this to the largest average of the biased network in LfF+BE alone. */
    private static final double GUARD = 1e-8;

    /**
     * Reads the parameters; problems are remembered there.
     *
     * @param published guard of the biased maximum in the published code of the method
     */
    static Reweighting read(Parameters parameters, boolean ensemble, double published) {
        double q = parameters.real("q", 0.7, v -> v > 0 && v <= 1, "in (0, 1]");
        double ema = parameters.real("ema", 0.7, v -> v >= 0 && v < 1, "in [0, 1)");
        boolean legacy = parameters.flag("legacy_guards", false);
        Origin start = parameters.choice("start", Origin.FRESH, Origin.class);
        Origin biased = parameters.choice("biased_start", Origin.FRESH, Origin.class);
        Convolutions convolutions =
                parameters.choice("initialisation", Convolutions.UNIFORM, Convolutions.class);
        return new Reweighting(
                q,
                legacy
                        ? new RelativeDifficulty.Settings(ema, published, 0)
                        : new RelativeDifficulty.Settings(ema, GUARD, GUARD),
                ensemble ? Optional.of(detectors(parameters)) : Optional.empty(),
                start,
                biased,
                convolutions);
    }

    private static DetectorSettings detectors(Parameters parameters) {
        int count = parameters.whole("detectors", 5, 1, 1000);
        int agreement = parameters.whole("detector_agreement", count / 2 + 1, 1, count);
        return new DetectorSettings(
                count,
                parameters.whole("detector_steps", 1000, 1, 10_000_000),
                parameters.whole("detector_valid_every", 500, 1, 10_000_000),
                agreement,
                parameters.real("detector_threshold", 0.99, v -> v >= 0 && v < 1, "in [0, 1)"),
                parameters.flag("legacy_detector_selection", false));
    }

    /** Reads what every method trains with, and the length in steps and what is done with rests. */
    static TrainingSettings training(Parameters parameters, boolean dropLast) {
        TrainingSettings common = TrainingDefaults.reweighting().read(parameters);
        int steps = parameters.whole("steps", 0, 0, 100_000_000);
        boolean drop = parameters.flag("drop_last", dropLast);
        LoopSettings loop = common.loop();
        return new TrainingSettings(
                new LoopSettings(
                        steps == 0 ? loop.length() : Length.steps(steps),
                        loop.batchSize(),
                        drop,
                        loop.schedule(),
                        loop.seed()),
                common.optimizer(),
                common.precision());
    }
}
