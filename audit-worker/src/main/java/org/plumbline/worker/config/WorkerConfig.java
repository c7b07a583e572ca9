package org.plumbline.worker.config;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.probe.ProbeLimits;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything a worker is told, read once. Immutable.
 *
 * @param listen where gRPC is served
 * @param state folder of jobs, data sets and archives
 * @param metrics where Prometheus scrapes
 * @param tokenFile holds the bearer token every call must carry
 * @param probe what an uploaded archive may use up when it is first tried, in a child process
 * @param redTeam whether callers may have explanations manipulated to test detectors with; off
 *     unless said otherwise, since what comes out is a model that lies
 */
public record WorkerConfig(
        HostPort listen,
        Path state,
        HostPort metrics,
        DeviceChoice device,
        GateBounds gate,
        Limits limits,
        Optional<Path> tokenFile,
        Optional<TlsFiles> tls,
        ProbeLimits probe,
        boolean redTeam) {
    private static final HostPort LISTEN = new HostPort("localhost", 9090);
    private static final HostPort METRICS = new HostPort("localhost", 9464);

    /** Returns the defaults around a state folder. */
    public static WorkerConfig defaults(Path state) {
        return new WorkerConfig(
                LISTEN,
                state,
                METRICS,
                DeviceChoice.AUTO,
                GateBounds.defaults(),
                Limits.defaults(),
                Optional.empty(),
                Optional.empty(),
                ProbeLimits.DEFAULT,
                false);
    }

    /** Makes a configuration without a red team. */
    public WorkerConfig(
            HostPort listen,
            Path state,
            HostPort metrics,
            DeviceChoice device,
            GateBounds gate,
            Limits limits,
            Optional<Path> tokenFile,
            Optional<TlsFiles> tls,
            ProbeLimits probe) {
        this(listen, state, metrics, device, gate, limits, tokenFile, tls, probe, false);
    }

    /** Returns the same with callers allowed, or not, to have explanations manipulated. */
    public WorkerConfig withRedTeam(boolean allowed) {
        return new WorkerConfig(
                listen, state, metrics, device, gate, limits, tokenFile, tls, probe, allowed);
    }

    /**
     * Reads a YAML file; {@code PLUMBLINE_WORKER_*} variables override it.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} naming every unknown key and wrong value at
     *     once, {@code NOT_FOUND} if there is no such file
     */
    public static WorkerConfig load(Path file, Map<String, String> environment) {
        Problems problems = new Problems();
        Map<String, Settings.Setting> values = new TreeMap<>(SettingsSource.file(file, problems));
        values.putAll(SettingsSource.environment(environment));
        Settings settings = new Settings(values, problems);
        Optional<Path> state = settings.path("state");
        if (state.isEmpty()) {
            problems.add(file + ": state", "missing", "a folder");
        }
        WorkerConfig config = read(settings, state.orElse(Path.of("state")), problems);
        settings.refuseUnknown();
        config.checkExposure(problems);
        problems.throwIfAny(ErrorCode.INVALID_ARGUMENT);
        return config;
    }

    private static WorkerConfig read(Settings settings, Path state, Problems problems) {
        GateBounds gate = GateBounds.defaults();
        Limits limits = Limits.defaults();
        String metricsHost = settings.text("metrics-host").orElse(METRICS.host());
        return new WorkerConfig(
                settings.read("listen", LISTEN, "host:port", HostPort::parse),
                state,
                new HostPort(
                        metricsHost.isBlank() ? METRICS.host() : metricsHost,
                        (int) settings.whole("metrics-port", METRICS.port(), 0, 65_535)),
                settings.choice("device", DeviceChoice.AUTO),
                new GateBounds(
                        settings.real("gate.clean-accuracy-drop", gate.cleanAccuracyDrop(), 0, 1),
                        settings.real("gate.worst-group-drop", gate.worstGroupDrop(), 0, 1),
                        settings.real("gate.tcav-tolerance", gate.tcavTolerance(), 0, 0.5),
                        settings.real(
                                "gate.clean-accuracy-uncertainty",
                                gate.cleanAccuracyUncertainty(),
                                0,
                                1),
                        settings.real(
                                "gate.worst-group-uncertainty",
                                gate.worstGroupUncertainty(),
                                0,
                                1)),
                new Limits(
                        settings.whole("limits.upload-bytes", limits.uploadBytes(), 1, 1L << 50),
                        settings.whole(
                                "limits.free-disk-bytes", limits.freeDiskBytes(), 0, 1L << 50),
                        (int) settings.whole("limits.queue", limits.queue(), 1, 100_000)),
                file(settings, "token-file", problems),
                tls(settings, problems),
                probe(settings),
                settings.flag("red-team", false));
    }

    private static ProbeLimits probe(Settings settings) {
        ProbeLimits usual = ProbeLimits.DEFAULT;
        return new ProbeLimits(
                Duration.ofSeconds(
                        settings.whole("probe.seconds", usual.time().toSeconds(), 1, 86_400)),
                settings.bytes("probe.memory", usual.memoryBytes(), 256L << 20, 1L << 50));
    }

    private static Optional<Path> file(Settings settings, String key, Problems problems) {
        Optional<Path> path = settings.path(key);
        path.filter(p -> !Files.isReadable(p))
                .ifPresent(p -> problems.add(key, p, "a readable file"));
        return path;
    }

    private static Optional<TlsFiles> tls(Settings settings, Problems problems) {
        Optional<Path> certificate = file(settings, "tls.certificate", problems);
        Optional<Path> key = file(settings, "tls.key", problems);
        Optional<Path> clientCa = file(settings, "tls.client-ca", problems);
        if (certificate.isPresent() && key.isPresent()) {
            return Optional.of(new TlsFiles(certificate.get(), key.get(), clientCa));
        }
        if (certificate.isPresent() || key.isPresent() || clientCa.isPresent()) {
            problems.add("tls", "incomplete", "both certificate and key");
        }
        return Optional.empty();
    }

    /** Adds a problem if strangers could reach the worker unencrypted or unauthenticated. */
    public void checkExposure(Problems problems) {
        if (listen.loopback()) {
            return;
        }
        if (tls.isEmpty()) {
            problems.add("listen", listen, "a loopback address, or tls.certificate and tls.key");
        }
        if (tokenFile.isEmpty() && tls.flatMap(TlsFiles::clientCa).isEmpty()) {
            problems.add("listen", listen, "a loopback address, or token-file or tls.client-ca");
        }
    }
}
