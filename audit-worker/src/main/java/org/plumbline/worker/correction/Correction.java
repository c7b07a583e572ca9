package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;

/** A validated request to repair a model: the parameters of one published method. */
public sealed interface Correction permits AClarc, End, PClarc, RrClarc, Rrr, Vanilla {
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
        return Method.of(method).parser().apply(new Parameters(parameters));
    }
}
