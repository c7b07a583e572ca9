package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Optimizer;
import org.plumbline.core.tap.Updater;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/** A validated request to repair a model: the parameters of one published method. */
public sealed interface Correction permits RrClarc, Vanilla {
    /** Returns the name in the literature, lower case: metric tag and API value. */
    String method();

    /** Returns every parameter with its value, defaults included, as texts. */
    Map<String, String> parameters();

    /** Returns how to train. */
    TrainingSettings training();

    /**
     * Parses a request.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} naming every unknown or ill-valued parameter
     *     at once
     */
    static Correction of(String method, Map<String, String> parameters) {
        return switch (method) {
            case "rr-clarc" -> RrClarc.parse(new Parameters(parameters));
            case "vanilla" -> Vanilla.parse(new Parameters(parameters));
            default ->
                    throw AuditException.of(
                            ErrorCode.INVALID_ARGUMENT, "method", method, "rr-clarc or vanilla");
        };
    }

    /** Reads the parameters every method has. */
    static TrainingSettings training(
            Parameters parameters, int epochs, double rate, Optimizer optimizer) {
        int passes = parameters.whole("epochs", epochs, 1, 100_000);
        int batch = parameters.whole("batch_size", 64, 1, 65_536);
        Optimizer rule = parameters.choice("optimizer", optimizer, Optimizer.class);
        Updater.Settings numbers =
                new Updater.Settings(
                        parameters.real("learning_rate", rate, v -> v > 0 && v < 1e6, "> 0"),
                        parameters.real("momentum", 0.9, v -> v >= 0 && v < 1, "in [0, 1)"),
                        parameters.real("beta2", 0.999, v -> v >= 0 && v < 1, "in [0, 1)"),
                        parameters.real("epsilon", 1e-7, v -> v > 0 && v < 1, "in (0, 1)"),
                        parameters.real("weight_decay", 0, v -> v >= 0 && v < 1e6, ">= 0"),
                        parameters.real("gradient_clip", 100, v -> v > 0, "> 0"));
        return new TrainingSettings(passes, batch, rule, numbers, parameters.seed());
    }
}
