package org.plumbline.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class WorkerConfigTest {
    @TempDir private Path folder;

    private Path yaml(String text) throws IOException {
        return Files.writeString(folder.resolve("worker.yaml"), text);
    }

    @Test
    void everyKeyHasADefaultButTheStateFolder() throws IOException {
        WorkerConfig config = WorkerConfig.load(yaml("state: /tmp/x"), Map.of());
        assertThat(config).isEqualTo(WorkerConfig.defaults(Path.of("/tmp/x")));
        assertThat(config.listen()).isEqualTo(new HostPort("localhost", 9090));
        assertThat(config.metrics()).isEqualTo(new HostPort("localhost", 9464));
        assertThat(config.device()).isEqualTo(DeviceChoice.AUTO);
        assertThat(config.gate()).isEqualTo(new GateBounds(0.01, 0, 0.05));
        assertThat(config.limits()).isEqualTo(new Limits(4L << 30, 256L << 20, 64));
        assertThat(config.tokenFile()).isEmpty();
        assertThat(config.tls()).isEmpty();
    }

    @Test
    void everyKeyCanBeSet() throws IOException {
        Path file = Files.writeString(folder.resolve("pem"), "x");
        WorkerConfig config =
                WorkerConfig.load(
                        yaml(
                                """
                                listen: 127.0.0.1:1
                                state: s
                                metrics-host: 0.0.0.0
                                metrics-port: 2
                                device: cpu
                                gate: {clean-accuracy-drop: 0.1, worst-group-drop: 0.2, tcav-tolerance: 0.3}
                                limits: {upload-bytes: 3, free-disk-bytes: 4, queue: 5}
                                token-file: %1$s
                                tls: {certificate: %1$s, key: %1$s, client-ca: %1$s}
                                """
                                        .formatted(file)),
                        Map.of());
        assertThat(config)
                .isEqualTo(
                        new WorkerConfig(
                                new HostPort("127.0.0.1", 1),
                                Path.of("s"),
                                new HostPort("0.0.0.0", 2),
                                DeviceChoice.CPU,
                                new GateBounds(0.1, 0.2, 0.3),
                                new Limits(3, 4, 5),
                                Optional.of(file),
                                Optional.of(new TlsFiles(file, file, Optional.of(file)))));
    }

    @Test
    void theEnvironmentOverridesTheFile() throws IOException {
        WorkerConfig config =
                WorkerConfig.load(
                        yaml("state: s\nlisten: localhost:1\n"),
                        Map.of(
                                "PLUMBLINE_WORKER_LISTEN", "localhost:7",
                                "PLUMBLINE_WORKER_GATE_CLEAN_ACCURACY_DROP", "0.5",
                                "PATH", "ignored"));
        assertThat(config.listen().port()).isEqualTo(7);
        assertThat(config.gate().cleanAccuracyDrop()).isEqualTo(0.5);
    }

    @Test
    void allProblemsAreInOneMessage() throws IOException {
        Path file =
                yaml(
                        """
                        listen: nowhere
                        metrics-port: 70000
                        device: tpu
                        gate: {clean-accuracy-drop: 2, tcav: 1}
                        token-file: /does/not/exist
                        tls: {key: /does/not/exist}
                        colour: blue
                        """);
        assertThatThrownBy(
                        () ->
                                WorkerConfig.load(
                                        file, Map.of("PLUMBLINE_WORKER_LIMITS_QUEUE", "none")))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("listen: nowhere (expected: host:port)")
                .hasMessageContaining("metrics-port: 70000 (expected: whole number, 0 to 65535)")
                .hasMessageContaining("device: tpu (expected: auto or cpu or gpu)")
                .hasMessageContaining("gate.clean-accuracy-drop: 2 (expected: number, 0.0 to 1.0)")
                .hasMessageContaining("gate.tcav: 1 (expected: one of")
                .hasMessageContaining("token-file: /does/not/exist (expected: a readable file)")
                .hasMessageContaining("tls: incomplete (expected: both certificate and key)")
                .hasMessageContaining("colour: blue (expected: one of")
                .hasMessageContaining("state: missing (expected: a folder)")
                .hasMessageContaining(
                        "PLUMBLINE_WORKER_LIMITS_QUEUE: none (expected: whole number");
    }

    @Test
    void strangersAreKeptOutUnlessTlsAndAnIdentityAreDemanded() throws IOException {
        Path file = Files.writeString(folder.resolve("pem"), "x");
        assertThatThrownBy(() -> WorkerConfig.load(yaml("state: s\nlisten: 0.0.0.0:1"), Map.of()))
                .hasMessageContaining("tls.certificate")
                .hasMessageContaining("token-file or tls.client-ca");
        String tls = "state: s\nlisten: 0.0.0.0:1\ntls: {certificate: %1$s, key: %1$s%2$s}\n";
        assertThatThrownBy(() -> WorkerConfig.load(yaml(tls.formatted(file, "")), Map.of()))
                .hasMessageContaining("token-file or tls.client-ca");
        String withCa = tls.formatted(file, ", client-ca: " + file);
        assertThat(WorkerConfig.load(yaml(withCa), Map.of()).listen().loopback()).isFalse();
        String withToken = tls.formatted(file, "") + "token-file: " + file;
        assertThat(WorkerConfig.load(yaml(withToken), Map.of()).tokenFile()).contains(file);
    }

    @Test
    void aFileThatIsNoMappingIsRefused() throws IOException {
        assertThatThrownBy(() -> WorkerConfig.load(yaml("- a\n- b"), Map.of()))
                .hasMessageContaining("a mapping of keys to values");
        assertThatThrownBy(() -> WorkerConfig.load(yaml("a: ["), Map.of()))
                .hasMessageContaining("(expected: YAML)");
        assertThatThrownBy(() -> WorkerConfig.load(folder.resolve("none"), Map.of()))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void addressesParseWithAndWithoutBrackets() {
        assertThat(HostPort.parse("[::1]:5")).isEqualTo(new HostPort("::1", 5));
        assertThat(HostPort.parse("[::1]:5").loopback()).isTrue();
        assertThat(HostPort.parse("[::1]:5")).hasToString("[::1]:5");
        assertThat(new HostPort("no.such.host.invalid", 1).loopback()).isFalse();
        assertThatThrownBy(() -> HostPort.parse(":5")).hasMessageContaining("host:port");
        assertThatThrownBy(() -> new HostPort("h", -1)).hasMessageContaining("0 to 65535");
    }
}
