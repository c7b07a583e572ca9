package org.plumbline.cli.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.node.ArrayNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.tap.CavBank;
import org.plumbline.core.tap.PendingAudit;
import org.plumbline.core.tap.TappedModel;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What an audit costs by layer, batch and number of concepts: plain {@code forward}, the answer
 * that keeps what an audit needs, and the answer with its backward pass, in turn on one thread.
 * Confined to one thread.
 */
final class LayersBench {
    private static final List<Case> CASES =
            List.of(
                    new Case(
                            "resnet18",
                            List.of("conv1", "layer1", "layer2", "layer3", "layer4"),
                            "layer4.1.conv2"),
                    new Case(
                            "vgg16",
                            List.of("features.2", "features.7", "features.14", "features.21"),
                            "features.28"),
                    new Case(
                            "efficientnet_b0",
                            List.of(
                                    "features.1",
                                    "features.2",
                                    "features.3",
                                    "features.4",
                                    "features.5",
                                    "features.6",
                                    "features.7"),
                            "features.8.0"));
    private static final List<Integer> CONCEPTS = List.of(1, 16, 256);
    private static final int SIDE = 224;
    private static final int WARM_UPS = 3;
    private static final int FEWEST = 5;
    private static final int MOST = 60;
    private static final Duration ENOUGH = Duration.ofSeconds(12);

    private final Path models;
    private final Path work;
    private final Predicate<String> chosen;
    private final Progress progress;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /**
     * Makes a benchmark.
     *
     * @param models folder of the committed archives
     * @param work existing empty folder
     * @param chosen models to measure
     */
    LayersBench(Path models, Path work, Predicate<String> chosen, Progress progress) {
        this.models = models;
        this.work = work;
        this.chosen = chosen;
        this.progress = progress;
    }

    /** Measures every case and adds a row for each layer, batch and number of concepts. */
    void run(ArrayNode rows) throws IOException {
        for (Case c : CASES.stream().filter(c -> chosen.test(c.model())).toList()) {
            BenchedModel model = BenchedModel.of(c.model(), models, work);
            for (int batch : new int[] {1, 8}) {
                measure(model, c.last(), batch, CONCEPTS, rows);
            }
            for (String layer : c.earlier()) {
                measure(model, layer, 1, CONCEPTS.subList(0, 1), rows);
            }
        }
    }

    private void measure(
            BenchedModel benched, String layer, int batch, List<Integer> concepts, ArrayNode rows) {
        progress.say(benched.name() + " " + layer + " x" + batch);
        List<CavBank> banks = new ArrayList<>();
        try (TappedModel model = benched.tap(layer);
                NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (int count : concepts) {
                banks.add(BenchedModel.concepts(model, count, new Shape(1, 3, SIDE, SIDE)));
            }
            NDArray input = BenchedModel.input(manager, new Shape(batch, 3, SIDE, SIDE), 3);
            Times times = new Times(concepts.size());
            for (int i = 0; i < WARM_UPS; i++) {
                round(model, input, banks, new Times(concepts.size()), i);
            }
            long start = System.nanoTime();
            for (int i = 0; i < FEWEST || (i < MOST && !enough(start)); i++) {
                round(model, input, banks, times, i);
            }
            for (int k = 0; k < concepts.size(); k++) {
                add(rows, benched.name(), layer, batch, concepts.get(k), times, k);
            }
        } finally {
            banks.forEach(CavBank::close);
        }
    }

    /** Runs each variant once, beginning with another one each time. */
    private void round(
            TappedModel model, NDArray input, List<CavBank> banks, Times times, int number) {
        byte[][] answers = new byte[banks.size() + 1][];
        for (int i = 0; i <= banks.size(); i++) {
            int variant = (i + number) % (banks.size() + 1);
            answers[variant] =
                    variant == 0
                            ? plain(model, input, times)
                            : audited(model, input, banks.get(variant - 1), times, variant - 1);
        }
        for (byte[] answer : answers) {
            times.identical &= Arrays.equals(answer, answers[0]);
        }
    }

    private byte[] plain(TappedModel model, NDArray input, Times times) {
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        NDArray logits = model.forward(new NDList(input)).get(0);
        times.plain.add((System.nanoTime() - start) / 1e6);
        times.plainCpu.add((threads.getCurrentThreadCpuTime() - cpu) / 1e6);
        return taken(logits);
    }

    private byte[] audited(TappedModel model, NDArray input, CavBank bank, Times times, int k) {
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        try (PendingAudit pending = model.answer(new NDList(input))) {
            times.answer[k].add((System.nanoTime() - start) / 1e6);
            times.answerCpu[k].add((threads.getCurrentThreadCpuTime() - cpu) / 1e6);
            pending.finish(bank, 0);
            times.work[k].add((System.nanoTime() - start) / 1e6);
            times.workCpu[k].add((threads.getCurrentThreadCpuTime() - cpu) / 1e6);
            return taken(pending.outputs().get(0));
        }
    }

    private static byte[] taken(NDArray logits) {
        byte[] bytes = logits.toByteArray();
        logits.close();
        return bytes;
    }

    private static boolean enough(long start) {
        return System.nanoTime() - start > ENOUGH.toNanos();
    }

    private static void add(
            ArrayNode rows, String name, String layer, int batch, int count, Times times, int k) {
        rows.add(
                Output.object()
                        .put("model", name)
                        .put("layer", layer)
                        .put("batch", batch)
                        .put("concepts", count)
                        .put("rounds", times.plain.size())
                        .put("plain_ms", times.plain.median())
                        .put("answer_ms", times.answer[k].median())
                        .put("latency_ratio", times.answer[k].median() / times.plain.median())
                        .put("fused_ratio", times.work[k].median() / times.plain.median())
                        .put("plain_cpu_ms", times.plainCpu.median())
                        .put("answer_cpu_ratio", cpuRatio(times.answerCpu[k], times))
                        .put("fused_cpu_ratio", cpuRatio(times.workCpu[k], times))
                        .put("bit_identical", times.identical));
    }

    private static double cpuRatio(Series audited, Times times) {
        return audited.median() / times.plainCpu.median();
    }

    /** A model, its earlier layers from the input on, and its last convolution. */
    private record Case(String model, List<String> earlier, String last) {}

    private static final class Times {
        private final Series plain = new Series();
        private final Series plainCpu = new Series();
        private final Series[] answer;
        private final Series[] answerCpu;
        private final Series[] work;
        private final Series[] workCpu;
        private boolean identical = true;

        Times(int variants) {
            answer = made(variants);
            answerCpu = made(variants);
            work = made(variants);
            workCpu = made(variants);
        }

        private static Series[] made(int count) {
            Series[] all = new Series[count];
            Arrays.setAll(all, i -> new Series());
            return all;
        }
    }
}
