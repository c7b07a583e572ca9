package org.plumbline.plugin.repair;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.config.WorkerTarget;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Opens channels to workers. Thread-safe. */
final class Channels {
    private static final int LARGEST_MESSAGE = 4 << 20;
    private static final long KEEP_ALIVE_SECONDS = 60;

    private Channels() {}

    /**
     * Opens a channel; connecting happens on the first call.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if a certificate file cannot be used
     */
    static ManagedChannel open(WorkerTarget target) {
        // the builder by name: a shaded jar must not depend on which transports are registered
        return OkHttpChannelBuilder.forTarget(target.target(), credentials(target))
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    /** Returns credentials that read the token anew for each call, so that it can be rotated. */
    static Optional<CallCredentials> token(WorkerTarget target) {
        return target.tokenFile().map(Bearer::new);
    }

    private static ChannelCredentials credentials(WorkerTarget target) {
        if (target.tls().isEmpty()) {
            return InsecureChannelCredentials.create();
        }
        WorkerTarget.Tls tls = target.tls().get();
        try {
            TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
            if (tls.ca().isPresent()) {
                builder.trustManager(tls.ca().get().toFile());
            }
            if (tls.certificate().isPresent() && tls.key().isPresent()) {
                builder.keyManager(tls.certificate().get().toFile(), tls.key().get().toFile());
            }
            return builder.build();
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT, "worker.tls: " + e + " (expected: PEM files)", e);
        }
    }

    private static final class Bearer extends CallCredentials {
        private static final Metadata.Key<String> AUTHORIZATION =
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

        private final Path file;

        private Bearer(Path file) {
            this.file = file;
        }

        @Override
        public void applyRequestMetadata(
                RequestInfo info, Executor executor, MetadataApplier applier) {
            executor.execute(
                    () -> {
                        try {
                            Metadata metadata = new Metadata();
                            String token = Files.readString(file).strip();
                            metadata.put(AUTHORIZATION, "Bearer " + token);
                            applier.apply(metadata);
                        } catch (IOException | RuntimeException e) {
                            applier.fail(
                                    Status.UNAUTHENTICATED
                                            .withDescription("token file unreadable: " + file)
                                            .withCause(e));
                        }
                    });
        }
    }
}
