package org.plumbline.worker.correction;

import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.torchscript.Initialiser;
import org.plumbline.worker.correction.pruning.BiasedLoss;
import org.plumbline.worker.correction.pruning.DebiasedContrast;
import org.plumbline.worker.correction.pruning.DebiasedContrast.Positives;
import org.plumbline.worker.correction.pruning.Gate;
import org.plumbline.worker.correction.pruning.MaskSettings;
import org.plumbline.worker.correction.pruning.Mining;
import org.plumbline.worker.correction.pruning.TaskLoss;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Precision;
import org.plumbline.worker.training.Schedule;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;
import java.util.Optional;

/**
 * Debiased contrastive weight pruning: finds a subnetwork that does without the bias, without group
 * labels. Four phases: training the main and a biased classifier, mining rows that probably
 * conflict with the bias, learning a binary mask over every weight of convolutions and linear
 * layers, fine-tuning what is left. Immutable.
 *
 * <p>Source: Park et al., "Training Debiased Subnetworks with Contrastive Weight Pruning", CVPR
 * 2023; ParkGeonYeong/DCWP, e1a733d.
 *
 * @param training of phase 4
 * @param start what the main classifier starts from
 * @param pretraining of the main classifier; no step: it is pruned as it starts
 * @param mining how conflicting rows are found
 * @param masks how masks are learnt
 * @param maskLoop length of phase 3
 * @param upweight how many times more often flagged rows are drawn in phase 4
 * @param featureLayer whose value the contrastive loss compares; empty: the input of the last
 *     linear layer is searched
 * @param rewind whether phase 4 begins at the weights before pre-training
 * @param shrink whether channels the result can do without are taken out of the archive
 */
public record Dcwp(
        TrainingSettings training,
        Origin start,
        Initialiser.Convolutions initialisation,
        TrainingSettings pretraining,
        MiningPlan mining,
        MaskSettings masks,
        LoopSettings maskLoop,
        double upweight,
        Optional<LayerPath> featureLayer,
        boolean rewind,
        boolean shrink,
        Map<String, String> parameters)
        implements Correction {
    private static final String SEARCHED = "auto";

    /**
     * How conflicting rows are found. Immutable.
     *
     * @param generalised whether {@code wrong} asks a biased classifier trained by {@code loss},
     *     else the main one
     * @param start what the biased classifier starts from
     * @param training of the biased classifier
     * @param doubt least sum of doubts of a flagged row, exclusive, for {@code ensemble}
     */
    public record MiningPlan(
            Mining kind,
            boolean generalised,
            BiasedLoss loss,
            Origin start,
            TrainingSettings training,
            double doubt) {}

    /** Copies the parameters. */
    public Dcwp {
        parameters = Map.copyOf(parameters);
    }

    static Dcwp parse(Parameters parameters) {
        Reader reader = new Reader(parameters);
        Origin start = parameters.choice("start", Origin.DEPLOYED, Origin.class);
        Initialiser.Convolutions initialisation =
                parameters.choice(
                        "initialisation",
                        Initialiser.Convolutions.UNIFORM,
                        Initialiser.Convolutions.class);
        TrainingSettings pretraining =
                reader.phase("pretrain_", start == Origin.DEPLOYED ? 0 : 10_000, 1e-3, 10_000, 0.5);
        MiningPlan mining = reader.mining();
        MaskSettings masks = reader.masks();
        LoopSettings maskLoop = reader.loop("mask_steps", 2000, new Schedule.Constant());
        TrainingSettings training = reader.phase("", 1000, 5e-4, 10_000, 1);
        double upweight = reader.positive("upweight", 80);
        Optional<LayerPath> features =
                parameters.parsed("feature_layer", SEARCHED, Dcwp::featureLayer);
        boolean rewind = parameters.flag("rewind", false);
        boolean shrink = parameters.flag("shrink", false);
        return new Dcwp(
                training,
                start,
                initialisation,
                pretraining,
                mining,
                masks,
                maskLoop,
                upweight,
                features,
                rewind,
                shrink,
                parameters.done("dcwp"));
    }

    private static Optional<LayerPath> featureLayer(String path) {
        return path.equals(SEARCHED) ? Optional.empty() : Optional.of(new LayerPath(path));
    }

    @Override
    public String method() {
        return "dcwp";
    }

    /** Reads groups of parameters; problems are remembered there. */
    private static final class Reader {
        private final Parameters parameters;
        private final int epochs;
        private final int batch;
        private final long seed;
        private final Precision precision;

        Reader(Parameters parameters) {
            this.parameters = parameters;
            epochs = parameters.whole("epochs", 0, 0, 100_000);
            batch = parameters.whole("batch_size", 256, 1, 65_536);
            seed = parameters.seed();
            precision = TrainingDefaults.precision(parameters);
        }

        double positive(String name, double otherwise) {
            return parameters.real(name, otherwise, v -> v > 0 && v < 1e12, "> 0");
        }

        double notNegative(String name, double otherwise) {
            return parameters.real(name, otherwise, v -> v >= 0 && v < 1e12, ">= 0");
        }

        double share(String name, double otherwise) {
            return parameters.real(name, otherwise, v -> v >= 0 && v < 1, "in [0, 1)");
        }

        LoopSettings loop(String name, int otherwise, Schedule schedule) {
            int steps = parameters.whole(name, otherwise, 0, Integer.MAX_VALUE);
            Length length = new Length(epochs == 0 ? Integer.MAX_VALUE : epochs, steps);
            return new LoopSettings(length, batch, false, schedule, seed);
        }

        TrainingSettings phase(String prefix, int steps, double rate, int every, double gamma) {
            TrainingDefaults.Rule rule =
                    parameters.choice(
                            prefix + "optimizer",
                            TrainingDefaults.Rule.ADAM,
                            TrainingDefaults.Rule.class);
            double momentum = share(prefix + "momentum", 0.9);
            double beta2 = share(prefix + "beta2", 0.99);
            double decay = notNegative(prefix + "weight_decay", 0);
            UpdateRule update =
                    rule == TrainingDefaults.Rule.SGD
                            ? new UpdateRule.Sgd(momentum, decay, false)
                            : new UpdateRule.Adam(momentum, beta2, 1e-8, decay);
            double learning = positive(prefix + "learning_rate", rate);
            int each = parameters.whole(prefix + "schedule_every", every, 1, Integer.MAX_VALUE);
            double factor =
                    parameters.real(
                            prefix + "schedule_gamma", gamma, v -> v > 0 && v <= 1, "in (0, 1]");
            Schedule schedule = new Schedule.Stepped(Schedule.Unit.STEPS, each, factor);
            return new TrainingSettings(
                    loop(prefix + "steps", steps, schedule),
                    new OptimizerSettings(update, learning, Double.POSITIVE_INFINITY),
                    precision);
        }

        MiningPlan mining() {
            Mining kind = parameters.choice("mining", Mining.WRONG, Mining.class);
            boolean generalised = parameters.flag("gce", true);
            double q = parameters.real("q", 0.7, v -> v > 0 && v <= 1, "in (0, 1]");
            double confidence = share("confidence", 0.05);
            BiasedLoss loss =
                    kind == Mining.ENSEMBLE
                            ? new BiasedLoss.Confident(confidence)
                            : new BiasedLoss.Generalised(q);
            return new MiningPlan(
                    kind,
                    generalised,
                    loss,
                    parameters.choice("biased_start", Origin.DEPLOYED, Origin.class),
                    phase("mining_", 1000, 1e-3, 10_000, 0.5),
                    share("doubt", 0.8));
        }

        MaskSettings masks() {
            Gate gate =
                    new Gate(
                            parameters.real(
                                    "mask_initial", 1.5, v -> Math.abs(v) < 100, "within 100"),
                            positive("mask_temperature", 1),
                            parameters.flag("legacy_mask_logit", true));
            boolean published = parameters.flag("legacy_contrast", false);
            double temperature = positive("contrast_temperature", 0.07);
            DebiasedContrast contrast =
                    new DebiasedContrast(
                            temperature,
                            temperature,
                            published ? Positives.FLAGGED : Positives.EITHER_FLAGGED);
            return new MaskSettings(
                    gate,
                    new TaskLoss(contrast, notNegative("lambda_con", 0.05)),
                    positive("mask_learning_rate", 0.01),
                    positive("mask_epsilon", 1e-8),
                    notNegative("lambda_sparse", 1e-8),
                    positive("mask_upweight", 80));
        }
    }
}
