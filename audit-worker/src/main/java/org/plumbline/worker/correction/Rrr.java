package org.plumbline.worker.correction;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/**
 * RRR, exponential-log-sum form: fine-tunes so that the input gradient of the mean log-probability
 * does not point at masked pixels. Immutable.
 *
 * <p>Source: Ross et al., "Right for the Right Reasons", IJCAI 2017, in the form of
 * frederikpahde/rrclarc, {@code RRR_ExpLogSum}.
 *
 * @param lambda weight of the penalty, at least 0
 * @param masks where the masks come from
 * @param cav how the concept vector of localised masks is estimated
 * @param pooling how activations are pooled before that
 * @param scope which parameters are trained; published: the head
 * @param classWeights whether rare classes weigh more, by inverse frequency
 */
public record Rrr(
        TrainingSettings training,
        double lambda,
        MaskSource masks,
        CavKind cav,
        Pooling pooling,
        Scope scope,
        boolean classWeights,
        Map<String, String> parameters)
        implements Correction {
    /** Copies the parameters. */
    public Rrr {
        parameters = Map.copyOf(parameters);
    }

    static Rrr parse(Parameters parameters) {
        TrainingSettings training = TrainingDefaults.sgd(10, 1e-4).read(parameters);
        double lambda = parameters.real("lambda", 1000, v -> v >= 0 && v < 1e12, ">= 0");
        MaskSource masks = parameters.choice("masks", MaskSource.DATASET, MaskSource.class);
        CavKind cav = parameters.parsed("cav", CavKind.SIGNAL.label(), CavKind::parse);
        Pooling pooling = parameters.parsed("pooling", "max", Pooling::ofChannels);
        Scope scope = parameters.choice("trainable", Scope.HEAD, Scope.class);
        boolean weights = parameters.flag("class_weights", true);
        return new Rrr(
                training, lambda, masks, cav, pooling, scope, weights, parameters.done("rrr"));
    }

    @Override
    public String method() {
        return "rrr";
    }
}
