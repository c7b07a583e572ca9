package org.plumbline.cli.bench;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.quickstart.HostClient;
import org.plumbline.cli.quickstart.ServiceProcess;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * What the watch over explanations costs at its defaults: two servers that audit every request, one
 * of them with the watch, in two processes, asked in turn with the same tensors, while the watch
 * collects and then while it examines. Confined to one thread.
 */
final class FairwashingBench {
    private static final List<Case> CASES =
            List.of(
                    new Case("fashion_cnn", "features.8", new long[] {1, 1, 28, 28}, 3000),
                    new Case("resnet18", "layer4.1.conv2", new long[] {1, 3, 224, 224}, 300));
    private static final int INPUTS = 32;
    private static final int WARM_UP = 64;
    private static final int MOST_FILLING = 10_000;
    private static final int EXAMPLES = 8;
    private static final long SEED = 20260101;

    private final Path models;
    private final Path work;
    private final Predicate<String> chosen;
    private final Progress progress;

    /**
     * Makes a benchmark.
     *
     * @param models folder of the committed archives
     * @param work existing empty folder
     * @param chosen which models are measured, by name
     */
    FairwashingBench(Path models, Path work, Predicate<String> chosen, Progress progress) {
        this.models = models;
        this.work = work;
        this.chosen = chosen;
        this.progress = progress;
    }

    /** Measures every model and adds two rows for each: collecting, then examining. */
    void run(ArrayNode rows) throws IOException, InterruptedException {
        for (Case model : CASES.stream().filter(c -> chosen.test(c.name())).toList()) {
            Path without = prepare(model, "without", "");
            Path with = prepare(model, "with", "fairwashing: {}\n");
            try (ServiceProcess plain = start(model.name() + "-without", without);
                    ServiceProcess watched = start(model.name() + "-with", with)) {
                Pair pair = new Pair(model, plain, watched, bodies(model));
                pair.measure(WARM_UP, "warm-up");
                rows.add(pair.measure(model.calls(), "collecting"));
                pair.fill();
                rows.add(pair.measure(model.calls(), "examining"));
            }
        }
    }

    private Path prepare(Case model, String kind, String watch) throws IOException {
        Path all = work.resolve("fairwashing-" + model.name() + "-" + kind);
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
                        concepts: [{name: noise, positives: a.npy, negatives: b.npy}]
                        %s""",
                        model.layer(),
                        watch));
        NpyFile.write(folder.resolve("a.npy"), model.noise(EXAMPLES, 1, 1));
        NpyFile.write(folder.resolve("b.npy"), model.noise(EXAMPLES, 2, 0.5));
        return all;
    }

    private ServiceProcess start(String name, Path folder)
            throws IOException, InterruptedException {
        Path logs = Files.createDirectories(work.resolve("logs").resolve(name));
        return ServiceProcess.start(
                logs, "server", List.of("--models", folder.toString(), "--port", "0"));
    }

    private static List<byte[]> bodies(Case model) {
        List<byte[]> bodies = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (int i = 0; i < INPUTS; i++) {
                FloatTensor one = model.noise(1, 10 + i, 1);
                bodies.add(
                        new NDList(manager.create(one.values(), new Shape(one.shape()))).encode());
            }
        }
        return bodies;
    }

    /** A server with the watch and one without, asked in turn. */
    private final class Pair {
        private final Case model;
        private final ServiceProcess plainServer;
        private final ServiceProcess watchedServer;
        private final HostClient plain;
        private final HostClient watched;
        private final List<byte[]> bodies;

        Pair(Case model, ServiceProcess plain, ServiceProcess watched, List<byte[]> bodies) {
            this.model = model;
            plainServer = plain;
            watchedServer = watched;
            this.plain = new HostClient(plain.port("port"));
            this.watched = new HostClient(watched.port("port"));
            this.bodies = bodies;
        }

        /** Sends requests until a window is full and being examined. */
        void fill() throws IOException, InterruptedException {
            for (int i = 0; i < MOST_FILLING; i++) {
                if (i % INPUTS == 0 && state().path("state").asText().equals("examining")) {
                    return;
                }
                watched.predict(model.name(), "tensor/ndlist", bodies.get(i % INPUTS));
                progress.show("filling a window", i + 1L, MOST_FILLING, model.name());
            }
        }

        ObjectNode measure(int calls, String phase) throws IOException, InterruptedException {
            Series without = new Series();
            Series with = new Series();
            String before = state().path("state").asText();
            double examined = state().path("seconds").asDouble();
            double plainCpu = plainServer.cpuSeconds();
            double watchedCpu = watchedServer.cpuSeconds();
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                byte[] body = bodies.get(i % INPUTS);
                if (i % 2 == 0) { // neither always runs on the other's warm caches
                    without.add(millis(plain, body));
                    with.add(millis(watched, body));
                } else {
                    with.add(millis(watched, body));
                    without.add(millis(plain, body));
                }
                progress.show(phase, i + 1L, calls, model.name());
            }
            progress.done();
            double elapsed = (System.nanoTime() - start) / 1e9;
            JsonNode after = state();
            double seconds = after.path("seconds").asDouble() - examined;
            return Output.object()
                    .put("model", model.name())
                    .put("phase", phase)
                    .put("state_before", before)
                    .put("state_after", after.path("state").asText())
                    .put("calls", calls)
                    .put("without_ms", without.median())
                    .put("with_ms", with.median())
                    .put("ratio", with.median() / without.median())
                    .put(
                            "cpu_ratio",
                            (watchedServer.cpuSeconds() - watchedCpu)
                                    / (plainServer.cpuSeconds() - plainCpu))
                    .put("elapsed_seconds", elapsed)
                    .put("examination_seconds", seconds)
                    .put("share_of_a_core", seconds / elapsed)
                    .put("budget", after.path("budget").asDouble());
        }

        private double millis(HostClient host, byte[] body)
                throws IOException, InterruptedException {
            long start = System.nanoTime();
            host.predict(model.name(), "tensor/ndlist", body);
            return (System.nanoTime() - start) / 1e6;
        }

        private JsonNode state() throws IOException, InterruptedException {
            return watched.json("/audit/models/" + model.name() + "/fairwashing");
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a constant of this class
    private record Case(String name, String layer, long[] shape, int calls) {
        FloatTensor noise(int rows, long seed, double scale) {
            SplittableRandom random = new SplittableRandom(seed);
            FloatTensor noise = FloatTensor.zeros(rows, shape[1], shape[2], shape[3]);
            for (int i = 0; i < noise.values().length; i++) {
                noise.values()[i] = (float) (scale * random.nextDouble());
            }
            return noise;
        }
    }
}
