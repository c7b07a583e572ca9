package org.plumbline.cli.bench;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.quickstart.Exposition;
import org.plumbline.cli.quickstart.HostClient;
import org.plumbline.cli.quickstart.ServiceProcess;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What auditing every request adds to its latency: one server with the plugin and one without, in
 * two processes, asked in turn over HTTP with the same tensors. Confined to one thread.
 */
final class LatencyBench {
    private static final int MOST_TRIES = 60;
    private static final int PAUSE_MILLIS = 500;
    private static final List<Case> CASES =
            List.of(
                    new Case("fashion_cnn", "features.8", List.of(1L, 28L, 28L), 600),
                    new Case("resnet18", "layer4.1.conv2", List.of(3L, 224L, 224L), 60),
                    new Case("efficientnet_b0", "features.8.0", List.of(3L, 224L, 224L), 60),
                    new Case("vgg16", "features.28", List.of(3L, 224L, 224L), 24));
    private static final List<Integer> BATCHES = List.of(1, 8);
    private static final int EXAMPLES = 8;
    private static final long SEED = 20260101;

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
            Path folder = prepare(model);
            try (ServiceProcess plain = start(model.name() + "-plain", folder, "--no-plugin");
                    ServiceProcess audited = start(model.name() + "-audited", folder)) {
                for (int batch : BATCHES) {
                    rows.add(measure(model, batch, plain, audited).json());
                }
            }
        }
    }

    private Path prepare(Case model) throws IOException {
        progress.say("preparing " + model.name());
        Path all = work.resolve(model.name());
        Path folder = Files.createDirectories(all.resolve(model.name()));
        Path archive = folder.resolve(model.name() + ".pt");
        Skeleton.fill(models.resolve(model.name() + ".pt"), archive, SEED);
        Files.writeString(
                folder.resolve("serving.properties"),
                "engine=PyTorch\noption.modelName=" + model.name() + "\n");
        Files.writeString(
                folder.resolve("plumbline.yaml"),
                String.format(
                        Locale.ROOT,
                        """
                layer: %s
                target: 0
                sampling: {rate: 1.0}
                concepts:
                  - {name: corner, positives: with.npy, negatives: without.npy}
                """,
                        model.layer()));
        NpyFile.write(folder.resolve("with.npy"), examples(model, true));
        NpyFile.write(folder.resolve("without.npy"), examples(model, false));
        return all;
    }

    private static FloatTensor examples(Case model, boolean corner) {
        float[] values = noise(model, EXAMPLES, corner ? 1 : 2);
        int side = Math.toIntExact(model.shape().get(2));
        if (corner) {
            for (int at = 0; at < values.length; at++) {
                boolean marked = at % side > side * 3 / 4 && at / side % side > side * 3 / 4;
                values[at] = marked ? 1 : values[at];
            }
        }
        return FloatTensor.of(values, model.batch(EXAMPLES));
    }

    private static float[] noise(Case model, int batch, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(FloatTensor.size(model.batch(batch)))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
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
        byte[] body = encode(model, batch);
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

    private static byte[] encode(Case model, int batch) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return new NDList(manager.create(noise(model, batch, 3), new Shape(model.batch(batch))))
                    .encode();
        }
    }

    private record Timed(ByteBuffer answer, double millis) {}

    private record Case(String name, String layer, List<Long> shape, int calls) {
        long[] batch(int size) {
            return IntStream.range(0, 4).mapToLong(i -> i == 0 ? size : shape.get(i - 1)).toArray();
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
