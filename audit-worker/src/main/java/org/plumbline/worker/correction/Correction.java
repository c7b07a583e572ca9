package org.plumbline.worker.correction;

import java.util.Map;

/** A validated request to repair a model: the parameters of one published method. */
@SuppressWarnings("DoNotCallSuggester")
public interface Correction {
    /** Returns the name in the literature, lower case: metric tag and API value. */
    String method();

    /** Returns every parameter with its value, defaults included, as texts. */
    Map<String, String> parameters();

    /**
     * Parses a request.
     *
     * @throws org.plumbline.core.error.AuditException {@code INVALID_ARGUMENT} naming every unknown
     *     or ill-valued parameter at once
     */
    static Correction of(String method, Map<String, String> parameters) {
        throw new UnsupportedOperationException(method + parameters);
    }
}
