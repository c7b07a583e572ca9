package org.plumbline.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.probe.ProbeLimits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
        assertThat(config.gate()).isEqualTo(new GateBounds(0.01, 0, 0.05, 0.05, 0.1));
        assertThat(config.limits()).isEqualTo(new Limits(4L << 30, 256L << 20, 64));
        assertThat(config.tokenFile()).isEmpty();
        assertThat(config.tls()).isEmpty();
        assertThat(config.probe()).isEqualTo(new ProbeLimits(Duration.ofMinutes(1), 4L << 30));
    }

    @Test
    void sizesHaveBinaryUnits() throws IOException {
        for (String size : List.of("1GiB", "1024MiB", "1048576KiB", "1073741824", "1 GiB")) {
            Path file = yaml("state: s\nprobe: {memory: " + size + "}");
            assertThat(WorkerConfig.load(file, Map.of()).probe().memoryBytes())
                    .as(size)
                    .isEqualTo(1L << 30);
        }
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
                                gate: {clean-accuracy-drop: 0.1, worst-group-drop: 0.2, tcav-tolerance: 0.3,
                                       clean-accuracy-uncertainty: 0.04, worst-group-uncertainty: 0.06}
                                limits: {upload-bytes: 3, free-disk-bytes: 4, queue: 5}
                                probe: {seconds: 6, memory: 2GiB}
                                red-team: true
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
                                new GateBounds(0.1, 0.2, 0.3, 0.04, 0.06),
                                new Limits(3, 4, 5),
                                Optional.of(file),
                                Optional.of(new TlsFiles(file, file, Optional.of(file))),
                                new ProbeLimits(Duration.ofSeconds(6), 2L << 30),
                                true));
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
                        probe: {seconds: 0, memory: 4GB}
                        red-team: maybe
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
                .hasMessageContaining("red-team: maybe (expected: true or false)")
                .hasMessageContaining("metrics-port: 70000 (expected: whole number, 0 to 65535)")
                .hasMessageContaining("device: tpu (expected: auto or cpu or gpu)")
                .hasMessageContaining("gate.clean-accuracy-drop: 2 (expected: number, 0.0 to 1.0)")
                .hasMessageContaining("gate.tcav: 1 (expected: one of")
                .hasMessageContaining("token-file: /does/not/exist (expected: a readable file)")
                .hasMessageContaining("tls: incomplete (expected: both certificate and key)")
                .hasMessageContaining("probe.seconds: 0 (expected: whole number, 1 to 86400)")
                .hasMessageContaining("probe.memory: 4GB (expected: bytes such as 4GiB or 512MiB")
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
