package org.plumbline.worker.correction;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/**
 * P-ClArC: an archive whose code moves every activation at the layer to the mean level of samples
 * without the concept. With {@code epochs} 0, the default and the paper's form, nothing is trained;
 * with more, the head is first fine-tuned by plain cross-entropy and the concept fitted again to
 * what it then predicts, as the published code does. Immutable.
 *
 * <p>Source: Anders et al., "Finding and removing Clever Hans", Information Fusion 2022; code
 * frederikpahde/rrclarc, {@code model_training/correction_methods/clarc.py}.
 *
 * @param cav how the concept vector is estimated
 * @param pooling of channels over locations, for the CAV and for the level
 * @param classWeights whether rare classes weigh more in fine-tuning, by inverse frequency
 */
public record PClarc(
        TrainingSettings training,
        CavKind cav,
        Pooling pooling,
        boolean classWeights,
        Map<String, String> parameters)
        implements Correction {
    /** Copies the parameters. */
    public PClarc {
        parameters = Map.copyOf(parameters);
    }

    static PClarc parse(Parameters parameters) {
        TrainingSettings training = TrainingDefaults.sgd(10, 1e-4).orNone(0).read(parameters);
        CavKind cav = parameters.parsed("cav", CavKind.SIGNAL.label(), CavKind::parse);
        Pooling pooling = parameters.parsed("pooling", "max", Pooling::ofChannels);
        boolean weights = parameters.flag("class_weights", true);
        return new PClarc(training, cav, pooling, weights, parameters.done("p-clarc"));
    }

    @Override
    public String method() {
        return "p-clarc";
    }
}
