package org.plumbline.plugin.repair;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

/** Turns a worker's status into our errors. Thread-safe. */
final class WorkerStatus {
    private WorkerStatus() {}

    static AuditException failure(String call, Throwable cause) {
        Status status = Status.fromThrowable(cause);
        String description = status.getDescription();
        String reason = description == null ? "" : ": " + description;
        return new AuditException(
                code(status.getCode()),
                "worker: " + call + ": " + status.getCode() + reason,
                cause);
    }

    static boolean passing(StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        return code == Status.Code.UNAVAILABLE
                || code == Status.Code.INTERNAL
                || code == Status.Code.UNKNOWN
                || code == Status.Code.DEADLINE_EXCEEDED;
    }

    private static ErrorCode code(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorCode.INVALID_ARGUMENT;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case ALREADY_EXISTS -> ErrorCode.ALREADY_EXISTS;
            case FAILED_PRECONDITION, PERMISSION_DENIED, UNAUTHENTICATED, ABORTED ->
                    ErrorCode.FAILED_PRECONDITION;
            case RESOURCE_EXHAUSTED -> ErrorCode.RESOURCE_EXHAUSTED;
            case CANCELLED -> ErrorCode.CANCELLED;
            case OK, UNKNOWN, INTERNAL, UNIMPLEMENTED, DATA_LOSS, DEADLINE_EXCEEDED, UNAVAILABLE ->
                    ErrorCode.UNAVAILABLE;
        };
    }
}
