package org.plumbline.core.error;

import org.jspecify.annotations.Nullable;

/** A failure with a code and one clear line; unchecked, since only boundaries decide about it. */
public final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** Makes a failure whose message is one line a user can act on. */
    public AuditException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /** Makes a failure with its cause. */
    public AuditException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Returns a failure reading {@code field: value (expected: expected)}. */
    public static AuditException of(ErrorCode code, String field, Object value, String expected) {
        return new AuditException(code, field + ": " + value + " (expected: " + expected + ")");
    }

    /** Returns why it failed. */
    public ErrorCode code() {
        return code;
    }
}
