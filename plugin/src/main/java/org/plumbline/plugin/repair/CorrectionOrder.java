package org.plumbline.plugin.repair;

import java.util.Map;
import java.util.OptionalInt;

/**
 * A correction asked for over HTTP. Immutable.
 *
 * @param requestId chosen by the caller; same id, same job
 * @param model served name
 * @param dataset data set on the worker
 * @param method correction method, such as {@code rr-clarc}
 * @param layer dotted path of the probe layer
 * @param concept concept of the data set
 * @param targetClass class whose logit the concept is measured on; empty: every class
 * @param parameters method parameters by name
 * @param reportOnly measure the gate, deliver nothing
 */
public record CorrectionOrder(
        String requestId,
        String model,
        String dataset,
        String method,
        String layer,
        String concept,
        OptionalInt targetClass,
        Map<String, String> parameters,
        boolean reportOnly) {
    /** Copies the parameters. */
    public CorrectionOrder {
        parameters = Map.copyOf(parameters);
    }
}
