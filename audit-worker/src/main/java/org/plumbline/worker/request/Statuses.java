package org.plumbline.worker.request;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Failures as gRPC statuses with {@code google.rpc} details. Thread-safe. */
public final class Statuses {
    /** Domain of every {@code ErrorInfo}. */
    public static final String DOMAIN = "plumbline.org";

    private static final Logger LOG = LoggerFactory.getLogger(Statuses.class);
    private static final Pattern VIOLATION =
            Pattern.compile("([\\w.\\[\\] -]{1,100}): (.*\\(expected: .*\\))");

    private Statuses() {}

    /** Returns the canonical code of a failure. */
    public static Status.Code code(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, BAD_ARCHIVE, BAD_DATA, LAYER_NOT_TAPPABLE ->
                    Status.Code.INVALID_ARGUMENT;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
            case FAILED_PRECONDITION -> Status.Code.FAILED_PRECONDITION;
            case RESOURCE_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case CANCELLED -> Status.Code.CANCELLED;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }

    /** Returns what a caller is told; defects are logged and told without their insides. */
    public static StatusRuntimeException of(Throwable failure) {
        if (failure instanceof StatusRuntimeException status) {
            return status;
        }
        if (failure instanceof AuditException known) {
            return of(known.code(), String.valueOf(known.getMessage()));
        }
        if (failure instanceof IllegalArgumentException && failure.getMessage() != null) {
            return of(ErrorCode.INVALID_ARGUMENT, failure.getMessage());
        }
        LOG.error("defect in a call", failure);
        return of(ErrorCode.INTERNAL, "internal error; the worker's log says more");
    }

    private static StatusRuntimeException of(ErrorCode code, String message) {
        return of(code(code), code.name(), message);
    }

    /** Returns a status for what is no failure of the domain, such as a missing token. */
    static StatusRuntimeException of(Status.Code code, String reason, String message) {
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder()
                        .setCode(code.value())
                        .setMessage(message)
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setReason(reason)
                                                .setDomain(DOMAIN)
                                                .build()));
        if (code == Status.Code.INVALID_ARGUMENT) {
            status.addDetails(Any.pack(violations(message)));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** Messages read {@code field: value (expected: ...)}, several joined by {@code "; "}. */
    private static BadRequest violations(String message) {
        BadRequest.Builder request = BadRequest.newBuilder();
        for (String line : message.split("(?<=\\)); ", -1)) {
            Matcher matcher = VIOLATION.matcher(line);
            BadRequest.FieldViolation.Builder violation = request.addFieldViolationsBuilder();
            if (matcher.matches()) {
                violation.setField(matcher.group(1)).setDescription(matcher.group(2));
            } else {
                violation.setDescription(line);
            }
        }
        return request.build();
    }
}
