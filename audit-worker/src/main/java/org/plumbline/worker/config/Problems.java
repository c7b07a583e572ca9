package org.plumbline.worker.config;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong, so that all of it is reported at once. Confined to one thread. */
public final class Problems {
    private static final int MOST = 50;

    private final List<String> lines = new ArrayList<>();

    /** Adds {@code field: value (expected: expected)}. */
    public void add(String field, Object value, String expected) {
        add(field + ": " + value + " (expected: " + expected + ")");
    }

    /** Adds a finished line. */
    public void add(String line) {
        lines.add(line.replaceAll("\\s*[\\r\\n]+\\s*", " "));
    }

    /** Adds all that another collector holds. */
    public void addAll(Problems others) {
        lines.addAll(others.lines);
    }

    /** Returns whether nothing was added. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /**
     * Throws if anything was added.
     *
     * @throws AuditException with every line, joined by {@code "; "}
     */
    public void throwIfAny(ErrorCode code) {
        if (lines.isEmpty()) {
            return;
        }
        String shown = String.join("; ", lines.subList(0, Math.min(MOST, lines.size())));
        int more = lines.size() - MOST;
        throw new AuditException(code, more > 0 ? shown + "; and " + more + " more" : shown);
    }
}
