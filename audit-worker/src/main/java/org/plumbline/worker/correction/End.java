package org.plumbline.worker.correction;

import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/**
 * EnD: pushes samples of one bias apart and pulls samples of one class and several biases together
 * in a bottleneck layer. Needs bias labels. Immutable.
 *
 * <p>Source: Tartaglione et al., "EnD: Entangling and Disentangling deep representations for bias
 * correction", CVPR 2021; code EIDOSLAB/entangling-disentangling-bias.
 *
 * @param alpha weight of the disentangling term, at least 0
 * @param beta weight of the entangling term, at least 0
 * @param publishedPairMask whether a pair {@code i > j} counts only if {@code b_i < b_j}, as in the
 *     published code; else every pair of several biases
 * @param normalise whether rows of the bottleneck are brought to length 1 before they are compared;
 *     the published code leaves plain {@code [n, d]} features as they are
 * @param start which parameters are trained, and from where; published: all, drawn anew
 * @param classWeights whether rare classes weigh more, by inverse frequency
 */
public record End(
        TrainingSettings training,
        double alpha,
        double beta,
        boolean publishedPairMask,
        boolean normalise,
        Start start,
        boolean classWeights,
        Map<String, String> parameters)
        implements Correction {
    /** Copies the parameters. */
    public End {
        parameters = Map.copyOf(parameters);
    }

    static End parse(Parameters parameters) {
        TrainingSettings training = TrainingDefaults.end().read(parameters);
        double alpha = parameters.real("alpha", 0.1, v -> v >= 0 && v < 1e6, ">= 0");
        double beta = parameters.real("beta", 0.1, v -> v >= 0 && v < 1e6, ">= 0");
        boolean published = parameters.flag("legacy_pair_mask", false);
        boolean normalise = parameters.flag("normalise", true);
        Start start = Start.read(parameters);
        boolean weights = parameters.flag("class_weights", false);
        return new End(
                training,
                alpha,
                beta,
                published,
                normalise,
                start,
                weights,
                parameters.done("end"));
    }

    @Override
    public String method() {
        return "end";
    }
}
