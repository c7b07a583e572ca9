package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.proto.v1.CorrectionServiceGrpc;
import org.plumbline.proto.v1.CorrectionServiceGrpc.CorrectionServiceBlockingStub;
import org.plumbline.proto.v1.ListCorrectionsRequest;
import org.plumbline.worker.config.HostPort;
import org.plumbline.worker.config.TlsFiles;
import org.plumbline.worker.config.WorkerConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

class ExposureIT {
    private static final String TOKEN = "0123456789abcdef";

    @TempDir private Path folder;

    private WorkerConfig config(String host, Optional<String> token, Optional<TlsFiles> tls)
            throws IOException {
        WorkerConfig loopback = AuditWorkerIT.config(folder);
        Optional<Path> file = Optional.empty();
        if (token.isPresent()) {
            file = Optional.of(Files.writeString(folder.resolve("token"), token.get() + "\n"));
        }
        return new WorkerConfig(
                new HostPort(host, 0),
                loopback.state(),
                loopback.metrics(),
                loopback.device(),
                loopback.gate(),
                loopback.limits(),
                file,
                tls,
                loopback.probe());
    }

    private AuditWorker start(WorkerConfig config) {
        return AuditWorker.start(config, new FakeEngine().tools(), InstantSource.system());
    }

    private static CorrectionServiceBlockingStub with(
            CorrectionServiceBlockingStub stub, String authorization) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void onlyTheTokenOpensTheServicesAndHealthNeedsNone() throws IOException {
        ListCorrectionsRequest list = ListCorrectionsRequest.getDefaultInstance();
        try (AuditWorker worker = start(config("localhost", Optional.of(TOKEN), Optional.empty()));
                WorkerClient client = new WorkerClient(worker.port())) {
            assertThatThrownBy(() -> client.corrections.listCorrections(list))
                    .hasMessageStartingWith("UNAUTHENTICATED")
                    .satisfies(
                            e ->
                                    assertThat(
                                                    StatusProto.fromThrowable(e)
                                                            .getDetails(0)
                                                            .getTypeUrl())
                                            .endsWith("google.rpc.ErrorInfo"));
            assertThatThrownBy(() -> with(client.corrections, "Bearer wrong").listCorrections(list))
                    .hasMessageStartingWith("UNAUTHENTICATED");
            assertThat(with(client.corrections, "Bearer " + TOKEN).listCorrections(list))
                    .isNotNull();
            assertThat(
                            HealthGrpc.newBlockingStub(client.channel)
                                    .check(HealthCheckRequest.getDefaultInstance())
                                    .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void aShortTokenIsRefused() {
        assertThatThrownBy(() -> start(config("localhost", Optional.of("short"), Optional.empty())))
                .hasMessage("token-file: 5 characters (expected: at least 16)");
    }

    @Test
    void anExposedAddressWithoutProtectionIsRefusedBeforeAnythingIsTouched() {
        assertThatThrownBy(() -> start(config("0.0.0.0", Optional.empty(), Optional.empty())))
                .hasMessageContaining("tls.certificate")
                .hasMessageContaining("token-file");
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void anExposedAddressServesTlsAndToken() throws Exception {
        TestCertificate own = TestCertificate.create(folder);
        TlsFiles tls = new TlsFiles(own.certificate(), own.key(), Optional.empty());
        try (AuditWorker worker = start(config("0.0.0.0", Optional.of(TOKEN), Optional.of(tls)))) {
            ManagedChannel channel =
                    NettyChannelBuilder.forAddress(
                                    "localhost",
                                    worker.port(),
                                    TlsChannelCredentials.newBuilder()
                                            .trustManager(own.certificate().toFile())
                                            .build())
                            .build();
            try {
                assertThat(
                                with(
                                                CorrectionServiceGrpc.newBlockingStub(channel),
                                                "Bearer " + TOKEN)
                                        .listCorrections(
                                                ListCorrectionsRequest.getDefaultInstance())
                                        .getCorrectionsList())
                        .isEmpty();
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void clientsWithoutACertificateAreCutWhereOneIsDemanded() throws Exception {
        TestCertificate own = TestCertificate.create(folder);
        Path pem = own.certificate();
        TlsFiles tls = new TlsFiles(pem, own.key(), Optional.of(pem));
        try (AuditWorker worker = start(config("0.0.0.0", Optional.empty(), Optional.of(tls)))) {
            TlsChannelCredentials.Builder credentials =
                    TlsChannelCredentials.newBuilder().trustManager(pem.toFile());
            assertThatThrownBy(() -> list(worker.port(), credentials))
                    .hasMessageStartingWith("UNAVAILABLE");
            credentials.keyManager(pem.toFile(), own.key().toFile());
            list(worker.port(), credentials);
        }
    }

    private static void list(int port, TlsChannelCredentials.Builder credentials) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("localhost", port, credentials.build()).build();
        try {
            CorrectionServiceGrpc.newBlockingStub(channel)
                    .listCorrections(ListCorrectionsRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }
}
