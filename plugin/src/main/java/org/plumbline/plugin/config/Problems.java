package org.plumbline.plugin.config;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.ArrayList;
import java.util.List;

/** Collects everything wrong with one file, to be told in one message. Confined to one thread. */
final class Problems {
    private final String file;
    private final List<String> lines = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(String key, Object value, String expected) {
        lines.add(key + ": " + value + " (expected: " + expected + ")");
    }

    void addMessage(String message) {
        lines.add(message);
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Throws {@code INVALID_ARGUMENT} with all problems if there are any. */
    void check() {
        if (!lines.isEmpty()) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT, file + ": " + String.join("; ", lines));
        }
    }
}
