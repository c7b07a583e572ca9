package org.plumbline.core.probe;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a child tells its parent in one line: {@code passed 2x10}, or {@code refused CODE message}.
 * Thread-safe.
 */
final class ProbeVerdict {
    private static final String PASSED = "passed ";
    private static final String REFUSED = "refused ";

    private ProbeVerdict() {}

    static String passed(List<Long> output) {
        return PASSED + output.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }

    static String refused(AuditException e) {
        return REFUSED + e.code() + " " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    }

    static boolean isVerdict(String line) {
        return line.startsWith(PASSED) || line.startsWith(REFUSED);
    }

    /**
     * Returns the shape of the output.
     *
     * @throws AuditException as the child met it
     */
    static List<Long> read(String line) {
        if (line.startsWith(REFUSED)) {
            String[] parts = line.substring(REFUSED.length()).split(" ", 2);
            throw new AuditException(
                    ErrorCode.valueOf(parts[0]), parts.length > 1 ? parts[1] : "no reason given");
        }
        return Arrays.stream(line.substring(PASSED.length()).split("x", -1))
                .filter(extent -> !extent.isEmpty())
                .map(Long::valueOf)
                .toList();
    }
}
