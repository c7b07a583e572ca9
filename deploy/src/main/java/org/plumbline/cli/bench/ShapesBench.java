package org.plumbline.cli.bench;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.AuditBlock;
import org.plumbline.plugin.intercept.AuditQueue;
import org.plumbline.plugin.intercept.SampleCounts.Outcome;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.pipeline.AuditPipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Latency of requests whose batch and image size change at random, from the first one on: the same
 * sequence goes to a module that is never audited and to one that always is. Confined to one
 * thread; backward passes and warm-ups run on the audit thread meanwhile.
 */
final class ShapesBench {
    private static final List<Case> CASES =
            List.of(
                    new Case("fashion_cnn", "features.8", 1, List.of(28), 8, 3000),
                    new Case("resnet18", "layer4.1.conv2", 3, List.of(160, 192, 224), 4, 240),
                    new Case("efficientnet_b0", "features.8.0", 3, List.of(160, 192, 224), 4, 240));
    private static final long SEED = 7;

    private final Path models;
    private final Path work;
    private final Predicate<String> chosen;
    private final Progress progress;

    /**
     * Makes a benchmark.
     *
     * @param models folder of the committed archives
     * @param work existing empty folder
     * @param chosen models to measure
     */
    ShapesBench(Path models, Path work, Predicate<String> chosen, Progress progress) {
        this.models = models;
        this.work = work;
        this.chosen = chosen;
        this.progress = progress;
    }

    /** Measures every model and adds a row for each. */
    void run(ArrayNode rows) throws IOException {
        for (Case c : CASES.stream().filter(c -> chosen.test(c.model())).toList()) {
            progress.say(c.model() + ", changing shapes");
            rows.add(measure(c));
        }
    }

    private ObjectNode measure(Case c) throws IOException {
        BenchedModel model = BenchedModel.of(c.model(), models, work);
        AuditQueue queue = new AuditQueue(64);
        Served plain = BenchedModel.served(model.tap(c.layer()), never(), c.row(), 1);
        Served audited = BenchedModel.served(model.tap(c.layer()), Sampling.ALL, c.row(), 2);
        try (AuditPipeline pipeline = AuditPipeline.start(queue, new NoObserver())) {
            pipeline.admit(audited.id(), BenchedModel.windows(2));
            Latencies without = new Latencies(plain, queue);
            Latencies with = new Latencies(audited, queue);
            SplittableRandom random = new SplittableRandom(SEED);
            for (int i = 0; i < c.requests(); i++) {
                Shape shape = c.draw(random);
                Latencies first = random.nextBoolean() ? without : with;
                first.ask(shape, i);
                (first == with ? without : with).ask(shape, i);
            }
            return row(c, without, with, audited);
        } finally {
            plain.release();
            audited.release();
        }
    }

    private static ObjectNode row(Case c, Latencies without, Latencies with, Served audited) {
        Series plain = without.slowdowns(without);
        Series audit = with.slowdowns(without);
        return Output.object()
                .put("model", c.model())
                .put("requests", c.requests())
                .put("shapes", without.byShape.size())
                .put("audited_samples", audited.counts().of(Outcome.AUDITED))
                .put("skipped_samples", audited.counts().of(Outcome.SKIPPED))
                .put("plain_p50_ms", without.all.median())
                .put("p50_ratio", with.all.median() / without.all.median())
                .put("p99_ratio", with.all.quantile(0.99) / without.all.quantile(0.99))
                .put("max_ratio", with.all.max() / without.all.max())
                .put("plain_p99_slowdown", plain.quantile(0.99))
                .put("audited_p99_slowdown", audit.quantile(0.99))
                .put("plain_worst_slowdown", plain.max())
                .put("audited_worst_slowdown", audit.max());
    }

    private static Sampling never() {
        return new Sampling(0, OptionalDouble.empty());
    }

    private record Case(
            String model,
            String layer,
            int channels,
            List<Integer> sides,
            int largestBatch,
            int requests) {
        Shape row() {
            int side = sides.get(sides.size() - 1);
            return new Shape(1, channels, side, side);
        }

        Shape draw(SplittableRandom random) {
            int side = sides.get(random.nextInt(sides.size()));
            return new Shape(1 + random.nextInt(largestBatch), channels, side, side);
        }
    }

    /** What one module's requests took, in milliseconds. */
    private static final class Latencies {
        private final AuditBlock block;
        private final Series all = new Series();
        private final Map<Shape, Series> byShape = new HashMap<>();

        Latencies(Served served, AuditQueue queue) {
            block = new AuditBlock(new ServedSlot(served), -1, queue, InstantSource.system());
        }

        void ask(Shape shape, long seed) {
            try (NDManager unit = NDManager.newBaseManager("PyTorch")) {
                NDList inputs = new NDList(BenchedModel.input(unit, shape, seed));
                long start = System.nanoTime();
                block.forward(new ParameterStore(unit, false), inputs, false);
                double millis = (System.nanoTime() - start) / 1e6;
                all.add(millis);
                byShape.computeIfAbsent(shape, s -> new Series()).add(millis);
            }
        }

        /** Returns each latency over the usual one of its shape. */
        Series slowdowns(Latencies usual) {
            Series slowdowns = new Series();
            for (Map.Entry<Shape, Series> entry : byShape.entrySet()) {
                double base = usual.byShape.getOrDefault(entry.getKey(), entry.getValue()).median();
                entry.getValue().forEach(millis -> slowdowns.add(millis / base));
            }
            return slowdowns;
        }
    }
}
