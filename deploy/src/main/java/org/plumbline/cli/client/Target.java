package org.plumbline.cli.client;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Where a worker listens and how to prove who calls. Immutable.
 *
 * @param address {@code host:port}
 * @param authority certificates to trust; empty: no TLS
 * @param tokenFile bearer token to send
 */
public record Target(String address, Optional<Path> authority, Optional<Path> tokenFile) {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** Returns a worker on this machine's loopback. */
    public static Target loopback(int port) {
        return new Target("localhost:" + port, Optional.empty(), Optional.empty());
    }

    ManagedChannel open() throws IOException {
        return Grpc.newChannelBuilder(address, credentials()).build();
    }

    Optional<CallCredentials> token() throws IOException {
        return tokenFile.isEmpty()
                ? Optional.empty()
                : Optional.of(new Bearer(Files.readString(tokenFile.orElseThrow()).strip()));
    }

    private ChannelCredentials credentials() throws IOException {
        return authority.isEmpty()
                ? InsecureChannelCredentials.create()
                : TlsChannelCredentials.newBuilder()
                        .trustManager(authority.orElseThrow().toFile())
                        .build();
    }

    private static final class Bearer extends CallCredentials {
        private final String token;

        Bearer(String token) {
            this.token = token;
        }

        @Override
        public void applyRequestMetadata(
                RequestInfo call, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + token);
            applier.apply(headers);
        }
    }
}
