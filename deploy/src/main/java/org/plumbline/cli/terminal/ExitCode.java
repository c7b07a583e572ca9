package org.plumbline.cli.terminal;

import io.grpc.Status;

import org.plumbline.core.error.ErrorCode;

/** Exit codes of the command line. */
public final class ExitCode {
    /** Done. */
    public static final int DONE = 0;

    /** The check itself says no: the gate rejected, the job was cancelled. */
    public static final int CHECK_FAILED = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** An input is wrong. */
    public static final int BAD_INPUT = 3;

    /** A worker, a device, data or space is not available. */
    public static final int UNAVAILABLE = 4;

    private ExitCode() {}

    /** Returns the exit code of a failure of ours. */
    public static int of(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT,
                    BAD_ARCHIVE,
                    BAD_DATA,
                    LAYER_NOT_TAPPABLE,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION ->
                    BAD_INPUT;
            case CANCELLED -> CHECK_FAILED;
            case RESOURCE_EXHAUSTED, UNAVAILABLE, INTERNAL -> UNAVAILABLE;
        };
    }

    /** Returns the exit code of a worker's answer. */
    public static int of(Status.Code code) {
        return switch (code) {
            case OK -> DONE;
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED ->
                    BAD_INPUT;
            case CANCELLED, ABORTED -> CHECK_FAILED;
            case UNAVAILABLE,
                    DEADLINE_EXCEEDED,
                    RESOURCE_EXHAUSTED,
                    INTERNAL,
                    UNKNOWN,
                    UNIMPLEMENTED,
                    DATA_LOSS ->
                    UNAVAILABLE;
        };
    }
}
