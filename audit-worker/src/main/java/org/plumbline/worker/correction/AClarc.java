package org.plumbline.worker.correction;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/**
 * A-ClArC: fine-tunes the head while every activation at the layer is moved to the mean level of
 * samples with the concept, so that the concept no longer tells classes apart. Immutable.
 *
 * <p>Source: Anders et al., "Finding and removing Clever Hans", Information Fusion 2022; schedule
 * and freezing as in frederikpahde/rrclarc.
 *
 * @param cav how the concept vector is estimated
 * @param pooling of channels over locations, for the CAV and for the level
 * @param cache whether activations at the layer are computed once where that is exact
 * @param classWeights whether rare classes weigh more, by inverse frequency
 */
public record AClarc(
        TrainingSettings training,
        CavKind cav,
        Pooling pooling,
        boolean cache,
        boolean classWeights,
        Map<String, String> parameters)
        implements Correction {
    /** Copies the parameters. */
    public AClarc {
        parameters = Map.copyOf(parameters);
    }

    static AClarc parse(Parameters parameters) {
        TrainingSettings training = TrainingDefaults.sgd(10, 1e-4).read(parameters);
        CavKind cav = parameters.parsed("cav", CavKind.SIGNAL.label(), CavKind::parse);
        Pooling pooling = parameters.parsed("pooling", "max", Pooling::ofChannels);
        boolean cache = parameters.flag("cache", true);
        boolean weights = parameters.flag("class_weights", true);
        return new AClarc(training, cav, pooling, cache, weights, parameters.done("a-clarc"));
    }

    @Override
    public String method() {
        return "a-clarc";
    }
}
