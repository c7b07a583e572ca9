package org.plumbline.worker.correction;

import org.plumbline.core.tap.UpdateRule;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Precision;
import org.plumbline.worker.training.Schedule;
import org.plumbline.worker.training.TrainingSettings;

import java.util.List;

/**
 * What a method trains with unless told otherwise, and how the parameters every method has are
 * read. Immutable.
 */
record TrainingDefaults(
        Rule rule,
        int fewestEpochs,
        int epochs,
        int batchSize,
        double rate,
        double epsilon,
        double decay,
        double clip,
        Scheduling scheduling,
        int every) {

    /** Names of update rules. */
    enum Rule {
        SGD,
        ADAM
    }

    /** Names of schedules. */
    enum Scheduling {
        CONSTANT,
        STEP,
        MULTI_STEP,
        COSINE
    }

    /** Stochastic gradient descent, batches of 64, gradients clipped at 100. */
    static TrainingDefaults sgd(int epochs, double rate) {
        return new TrainingDefaults(
                Rule.SGD, 1, epochs, 64, rate, 1e-7, 0, 100, Scheduling.CONSTANT, 1);
    }

    /** Adam, batches of 64, gradients clipped at 100. */
    static TrainingDefaults adam(int epochs, double rate) {
        return new TrainingDefaults(
                Rule.ADAM, 1, epochs, 64, rate, 1e-7, 0, 100, Scheduling.CONSTANT, 1);
    }

    /** EnD's: Adam, batches of 256, a tenth of the rate every 20 epochs, no clipping. */
    static TrainingDefaults end() {
        return new TrainingDefaults(
                Rule.ADAM,
                1,
                80,
                256,
                1e-3,
                1e-8,
                1e-4,
                Double.POSITIVE_INFINITY,
                Scheduling.STEP,
                20);
    }

    /** Learning from failure: Adam, batches of 256, 100 epochs, no clipping. */
    static TrainingDefaults reweighting() {
        return new TrainingDefaults(
                Rule.ADAM,
                1,
                100,
                256,
                1e-3,
                1e-8,
                0,
                Double.POSITIVE_INFINITY,
                Scheduling.CONSTANT,
                1);
    }

    /** Returns the same where a run may also have no epoch. */
    TrainingDefaults orNone(int otherwise) {
        return new TrainingDefaults(
                rule, 0, otherwise, batchSize, rate, epsilon, decay, clip, scheduling, every);
    }

    /** Reads the parameters; problems are remembered there. */
    TrainingSettings read(Parameters parameters) {
        int passes = parameters.whole("epochs", epochs, fewestEpochs, 100_000);
        int batch = parameters.whole("batch_size", batchSize, 1, 65_536);
        Rule chosen = parameters.choice("optimizer", rule, Rule.class);
        double first = parameters.real("learning_rate", rate, v -> v > 0 && v < 1e6, "> 0");
        double momentum = parameters.real("momentum", 0.9, v -> v >= 0 && v < 1, "in [0, 1)");
        boolean nesterov = parameters.flag("nesterov", false);
        double beta2 = parameters.real("beta2", 0.999, v -> v >= 0 && v < 1, "in [0, 1)");
        double small = parameters.real("epsilon", epsilon, v -> v > 0 && v < 1, "in (0, 1)");
        double l2 = parameters.real("weight_decay", decay, v -> v >= 0 && v < 1e6, ">= 0");
        double limit = parameters.real("gradient_clip", clip, v -> v > 0, "> 0");
        Schedule schedule = schedule(parameters, passes);
        Precision precision = precision(parameters);
        UpdateRule update =
                chosen == Rule.SGD
                        ? new UpdateRule.Sgd(momentum, l2, nesterov)
                        : new UpdateRule.Adam(momentum, beta2, small, l2);
        return new TrainingSettings(
                new LoopSettings(Length.epochs(passes), batch, false, schedule, parameters.seed()),
                new OptimizerSettings(update, first, limit),
                precision);
    }

    static Precision precision(Parameters parameters) {
        return parameters.choice("precision", Precision.FLOAT32, Precision.class);
    }

    private Schedule schedule(Parameters parameters, int passes) {
        Scheduling kind = parameters.choice("schedule", scheduling, Scheduling.class);
        int each = parameters.whole("schedule_every", every, 1, 100_000);
        double gamma = parameters.real("schedule_gamma", 0.1, v -> v > 0 && v <= 1, "in (0, 1]");
        List<Long> milestones = parameters.wholes("schedule_milestones", List.of(80L, 120L));
        return switch (kind) {
            case CONSTANT -> new Schedule.Constant();
            case STEP -> new Schedule.Stepped(Schedule.Unit.EPOCHS, each, gamma);
            case MULTI_STEP -> new Schedule.MultiStep(Schedule.Unit.EPOCHS, milestones, gamma);
            case COSINE -> new Schedule.Cosine(Schedule.Unit.EPOCHS, Math.max(1, passes), 0);
        };
    }
}
