package org.plumbline.cli.bench;

import ai.djl.Device;

import com.fasterxml.jackson.databind.node.ArrayNode;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tap.Quadrature;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Explanations per second of every method, and how many forward and backward passes of the plain
 * model each takes, both measured in turn. Confined to one thread.
 */
final class ExplainBench {
    private static final List<Case> CASES =
            List.of(new Case("fashion_cnn", 1, 28, 160), new Case("resnet18", 3, 224, 6));
    private static final List<Integer> BATCHES = List.of(1, 8);
    private static final int STEPS = 20;
    private static final int WARM_UPS = 2;
    private static final int FEWEST = 3;
    private static final long SEED = 20260101;

    private final Path models;
    private final Path work;
    private final Progress progress;

    /**
     * Makes a benchmark.
     *
     * @param models folder of the committed archives
     * @param work existing folder
     */
    ExplainBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
    }

    /** Measures every model, batch size and method and adds a row for each. */
    void run(ArrayNode rows) throws IOException {
        for (Case model : CASES) {
            Path folder = Files.createDirectories(work.resolve("explain"));
            Path archive = folder.resolve(model.name() + ".pt");
            Skeleton.fill(models.resolve(model.name() + ".pt"), archive, SEED);
            try (PlainPass plain = PlainPass.load(archive);
                    ExplainableModel explained = ExplainableModel.load(archive, spec(folder))) {
                for (int batch : BATCHES) {
                    measure(model, batch, plain, explained, rows);
                }
            }
        }
    }

    private static ExplainSpec spec(Path folder) {
        return ExplainSpec.of(folder, Device.cpu(), ExplanationMethod.values())
                .with(
                        new IntegratedGradients(
                                STEPS,
                                Quadrature.GAUSS_LEGENDRE,
                                IntegratedGradients.Form.STANDARD,
                                Optional.empty()));
    }

    private void measure(
            Case model, int batch, PlainPass plain, ExplainableModel explained, ArrayNode rows) {
        FloatTensor inputs = model.noise(batch);
        int rounds = Math.max(FEWEST, model.rounds() / batch);
        Times pass = new Times();
        Map<ExplanationMethod, Times> methods = new EnumMap<>(ExplanationMethod.class);
        for (int round = -WARM_UPS; round < rounds; round++) {
            plain.run(inputs); // brings back the caches that the methods have filled
            pass.take(round, () -> plain.run(inputs));
            for (ExplanationMethod method : ExplanationMethod.values()) {
                methods.computeIfAbsent(method, m -> new Times())
                        .take(round, () -> explained.explain(method, inputs, -1));
            }
            progress.show(
                    "explain",
                    round + WARM_UPS + 1L,
                    (long) rounds + WARM_UPS,
                    model.name() + " x" + batch);
        }
        progress.done();
        methods.forEach(
                (method, times) ->
                        rows.addObject()
                                .put("model", model.name())
                                .put("batch", batch)
                                .put("method", method.label())
                                .put("rounds", rounds)
                                .put("explain_ms", times.wall.median())
                                .put("explanations_per_second", 1e3 * batch / times.wall.median())
                                .put("pass_ms", pass.wall.median())
                                .put("passes", times.wall.median() / pass.wall.median())
                                .put("cpu_passes", times.cpu.median() / pass.cpu.median())
                                .put("passes_needed", needed(method)));
    }

    /** Returns how many gradients with respect to the inputs a method is made of. */
    private static int needed(ExplanationMethod method) {
        return method == ExplanationMethod.INTEGRATED_GRADIENTS ? STEPS : 1;
    }

    /** Milliseconds on the clock and of processor time of this thread, which other load spares. */
    private static final class Times {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private final Series wall = new Series();
        private final Series cpu = new Series();

        /** Takes the time of a call, but not of warm-ups, which have negative rounds. */
        void take(int round, Runnable call) {
            long cpuStart = THREADS.getCurrentThreadCpuTime();
            long start = System.nanoTime();
            call.run();
            long end = System.nanoTime();
            long cpuEnd = THREADS.getCurrentThreadCpuTime();
            if (round >= 0) {
                wall.add((end - start) / 1e6);
                cpu.add((cpuEnd - cpuStart) / 1e6);
            }
        }
    }

    private record Case(String name, int channels, int side, int rounds) {
        FloatTensor noise(int batch) {
            SplittableRandom random = new SplittableRandom(SEED);
            FloatTensor inputs = FloatTensor.zeros(batch, channels, side, side);
            for (int i = 0; i < inputs.values().length; i++) {
                inputs.values()[i] = (float) random.nextDouble();
            }
            return inputs;
        }
    }
}
