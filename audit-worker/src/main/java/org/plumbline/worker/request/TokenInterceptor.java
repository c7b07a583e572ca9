package org.plumbline.worker.request;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** Lets calls pass that carry the bearer token; health checks need none. Thread-safe. */
public final class TokenInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String HEALTH = "grpc.health.v1.Health";
    private static final int SHORTEST = 16;

    private final byte[] expected;

    private TokenInterceptor(String token) {
        this.expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads the token from a file.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if it is unreadable or shorter than 16
     *     characters
     */
    public static TokenInterceptor of(Path file) {
        try {
            String token = Files.readString(file).strip();
            if (token.length() < SHORTEST) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT,
                        "token-file",
                        token.length() + " characters",
                        "at least " + SHORTEST);
            }
            return new TokenInterceptor(token);
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    "token-file: " + file + " (expected: a readable text file)",
                    e);
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String given = headers.get(AUTHORIZATION);
        boolean health = HEALTH.equals(call.getMethodDescriptor().getServiceName());
        if (health
                || (given != null
                        && MessageDigest.isEqual(
                                expected, given.getBytes(StandardCharsets.UTF_8)))) {
            return next.startCall(call, headers);
        }
        StatusRuntimeException refused =
                Statuses.of(
                        Status.Code.UNAUTHENTICATED,
                        "UNAUTHENTICATED",
                        "authorization: missing or wrong"
                                + " (expected: Bearer and the worker's token)");
        Metadata trailers = refused.getTrailers();
        call.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }
}
