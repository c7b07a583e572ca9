package org.plumbline.cli.bench;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.AuditBlock;
import org.plumbline.plugin.intercept.AuditQueue;
import org.plumbline.plugin.intercept.SampleCounts.Outcome;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.pipeline.AuditPipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Memory over very many audits of the small CNN: resident set of the process and arrays that the
 * engine holds. Run with a small heap of fixed size, so that growth is native. Confined to one
 * thread; audits run on theirs.
 */
final class SoakBench {
    private static final Shape ROW = new Shape(1, 1, 28, 28);
    private static final int SAMPLES = 100;
    private static final int WAITING = 32;
    private static final long PAUSE = Duration.ofNanos(50_000).toNanos();

    private final Path models;
    private final Path work;
    private final Progress progress;

    /**
     * Makes a benchmark.
     *
     * @param models folder of the committed archives
     * @param work existing empty folder
     */
    SoakBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
    }

    /** Audits so many requests and reports what memory did meanwhile. */
    ObjectNode run(int audits) throws IOException {
        TappedModel model = BenchedModel.of("fashion_cnn", models, work).tap("features.8");
        AuditQueue queue = new AuditQueue(2 * WAITING);
        Served served = BenchedModel.served(model, Sampling.ALL, ROW, 1);
        try (AuditPipeline pipeline = AuditPipeline.start(queue, new NoObserver())) {
            pipeline.admit(served.id(), BenchedModel.windows(1));
            return soak(model, served, queue, audits);
        } finally {
            served.release();
        }
    }

    private ObjectNode soak(TappedModel model, Served served, AuditQueue queue, int audits)
            throws IOException {
        AuditBlock block =
                new AuditBlock(new ServedSlot(served), -1, queue, InstantSource.system());
        int step = Math.max(1, audits / SAMPLES);
        double[] resident = new double[SAMPLES + 1];
        int[] arrays = new int[SAMPLES + 1];
        long start = System.nanoTime();
        for (int i = 1; i <= SAMPLES; i++) {
            for (int k = 0; k < step; k++) {
                ask(block, i);
                waitFor(queue, WAITING);
            }
            long asked = (long) i * step;
            while (done(served) < asked) {
                LockSupport.parkNanos(PAUSE);
            }
            resident[i] = residentMegabytes();
            arrays[i] = model.managedArrays();
            progress.show("soak", asked, (long) SAMPLES * step, "audits");
        }
        progress.done();
        return Output.object()
                .put("audits", served.counts().of(Outcome.AUDITED))
                .put("dropped", served.counts().of(Outcome.DROPPED))
                .put("failed", served.counts().of(Outcome.FAILED))
                .put("seconds", (System.nanoTime() - start) / 1e9)
                .put("heap_limit_mb", Runtime.getRuntime().maxMemory() >> 20)
                .put("rss_mb_at_10_percent", resident[SAMPLES / 10])
                .put("rss_mb_at_50_percent", resident[SAMPLES / 2])
                .put("rss_mb_at_100_percent", resident[SAMPLES])
                .put("rss_slope_kb_per_1000_audits", slope(resident) * 1024 * 1000 / step)
                .put("managed_arrays_at_10_percent", arrays[SAMPLES / 10])
                .put("managed_arrays_at_100_percent", arrays[SAMPLES]);
    }

    private static void ask(AuditBlock block, long seed) {
        try (NDManager unit = NDManager.newBaseManager("PyTorch")) {
            NDList inputs = new NDList(BenchedModel.input(unit, ROW, seed));
            block.forward(new ParameterStore(unit, false), inputs, false);
        }
    }

    private static void waitFor(AuditQueue queue, int depth) {
        while (queue.depth() > depth) {
            LockSupport.parkNanos(PAUSE);
        }
    }

    private static long done(Served served) {
        return Stream.of(Outcome.values()).mapToLong(served.counts()::of).sum();
    }

    /** Least squares over the samples from the tenth part on, per sample. */
    private static double slope(double[] values) {
        int from = SAMPLES / 10;
        double middle = (from + SAMPLES) / 2.0;
        double above = 0;
        double below = 0;
        for (int i = from; i <= SAMPLES; i++) {
            above += (i - middle) * values[i];
            below += (i - middle) * (i - middle);
        }
        return above / below;
    }

    private static double residentMegabytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("\\D+", ""))
                    .mapToDouble(Double::parseDouble)
                    .map(kilobytes -> kilobytes / 1024)
                    .findFirst()
                    .orElse(Double.NaN);
        }
    }
}
