package org.plumbline.plugin.delivery;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.Map;

/** Compares a candidate with what serves, on the same probe inputs. Thread-safe. */
final class Comparison {
    private Comparison() {}

    /**
     * Returns how far the logits moved; both are known to be finite.
     *
     * @param live {@code [n, classes]}
     * @param candidate {@code [n, classes]}
     * @throws AuditException {@code BAD_ARCHIVE} if the shapes differ
     */
    static Map<String, Double> of(FloatTensor live, FloatTensor candidate) {
        if (!Arrays.equals(live.shape(), candidate.shape())) {
            throw AuditException.of(
                    ErrorCode.BAD_ARCHIVE,
                    "logits",
                    Arrays.toString(candidate.shape()),
                    Arrays.toString(live.shape()));
        }
        double largest = 0;
        for (int i = 0; i < live.values().length; i++) {
            largest = Math.max(largest, Math.abs(live.values()[i] - candidate.values()[i]));
        }
        return Map.of("probe_logit_change", largest);
    }
}
