package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.quickstart.Exposition;
import org.plumbline.cli.quickstart.HostClient;
import org.plumbline.cli.quickstart.ServiceProcess;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What auditing every request adds to its latency: one server with the plugin and one without, in
 * two processes, asked in turn over HTTP with the same tensors. Confined to one thread.
 */
final class LatencyBench {
    private static final int MOST_TRIES = 60;
    private static final int PAUSE_MILLIS = 500;
    private static final List<Case> CASES =
            List.of(
                    new Case(ServedCase.SMALL_CNN, 600),
                    new Case(ServedCase.RESNET_18, 60),
                    new Case(
                            new ServedCase(
                                    "efficientnet_b0", "features.8.0", List.of(3L, 224L, 224L)),
                            60),
                    new Case(new ServedCase("vgg16", "features.28", List.of(3L, 224L, 224L)), 24));
    private static final List<Integer> BATCHES = List.of(1, 8);

    private final Path models;
    private final Path work;
    private final Progress progress;

    /**
     * Makes a benchmark.
     *
     * @param models folder of the committed archives
     * @param work existing empty folder
     */
    LatencyBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
    }

    /** Measures every model and batch size and adds a row for each. */
    void run(ArrayNode rows) throws IOException, InterruptedException {
        for (Case model : CASES) {
            progress.say("preparing " + model.name());
            Path folder = model.served().prepare(models, work, 1);
            try (ServiceProcess plain = start(model.name() + "-plain", folder, "--no-plugin");
                    ServiceProcess audited = start(model.name() + "-audited", folder)) {
                for (int batch : BATCHES) {
                    rows.add(measure(model, batch, plain, audited).json());
                }
            }
        }
    }

    private ServiceProcess start(String name, Path folder, String... more)
            throws IOException, InterruptedException {
        Path logs = Files.createDirectories(work.resolve("logs").resolve(name));
        List<String> arguments =
                new ArrayList<>(List.of("--models", folder.toString(), "--port", "0"));
        arguments.addAll(List.of(more));
        return ServiceProcess.start(logs, "server", arguments);
    }

    private Row measure(
            Case model, int batch, ServiceProcess plainServer, ServiceProcess auditedServer)
            throws IOException, InterruptedException {
        HostClient plain = new HostClient(plainServer.port("port"));
        HostClient audited = new HostClient(auditedServer.port("port"));
        byte[] body = model.served().request(batch);
        awaitAudits(audited, model, body);
        int calls = Math.max(8, model.calls() / batch);
        int warmUp = Math.max(4, calls / 5);
        Series without = new Series();
        Series with = new Series();
        boolean identical = true;
        double plainCpu = 0;
        double auditedCpu = 0;
        for (int i = -warmUp; i < calls; i++) {
            if (i == 0) {
                plainCpu = plainServer.cpuSeconds();
                auditedCpu = auditedServer.cpuSeconds();
            }
            boolean first = i % 2 == 0; // neither always runs on the other's warm caches
            Timed a = call(first ? plain : audited, model, body);
            Timed b = call(first ? audited : plain, model, body);
            identical &= a.answer().equals(b.answer());
            if (i >= 0) {
                without.add(first ? a.millis() : b.millis());
                with.add(first ? b.millis() : a.millis());
            }
            progress.show("latency", i + warmUp + 1L, calls + warmUp, model.name() + " x" + batch);
        }
        progress.done();
        double samples = samples(audited);
        double cpuRatio =
                (auditedServer.cpuSeconds() - auditedCpu) / (plainServer.cpuSeconds() - plainCpu);
        return new Row(
                model.name(),
                batch,
                calls,
                without.median(),
                with.median(),
                cpuRatio,
                identical,
                samples);
    }

    /** The first requests of a shape are answered plainly while the audit thread warms it up. */
    private static void awaitAudits(HostClient host, Case model, byte[] body)
            throws IOException, InterruptedException {
        double before = samples(host);
        for (int tries = 0; tries < MOST_TRIES && samples(host) <= before; tries++) {
            call(host, model, body);
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static double samples(HostClient host) throws IOException, InterruptedException {
        return Exposition.parse(host.text("/metrics"))
                .value("plumbline_samples_total", Map.of("outcome", "audited"))
                .orElse(0);
    }

    private static Timed call(HostClient host, Case model, byte[] body)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        byte[] answer = host.predict(model.name(), "tensor/ndlist", body);
        return new Timed(ByteBuffer.wrap(answer), (System.nanoTime() - start) / 1e6);
    }

    private record Timed(ByteBuffer answer, double millis) {}

    private record Case(ServedCase served, int calls) {
        String name() {
            return served.name();
        }
    }

    private record Row(
            String model,
            int batch,
            int calls,
            double plainMillis,
            double auditedMillis,
            double cpuRatio,
            boolean identical,
            double auditedSamples) {
        ObjectNode json() {
            return Output.object()
                    .put("model", model)
                    .put("batch", batch)
                    .put("calls", calls)
                    .put("plain_ms", plainMillis)
                    .put("audited_ms", auditedMillis)
                    .put("ratio", auditedMillis / plainMillis)
                    .put("cpu_ratio", cpuRatio)
                    .put("bit_identical", identical)
                    .put("audited_samples", auditedSamples);
        }
    }
}
