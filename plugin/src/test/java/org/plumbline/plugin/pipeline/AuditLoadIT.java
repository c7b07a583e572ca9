package org.plumbline.plugin.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.window.WindowSettings;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.intercept.AuditBlock;
import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.AuditQueue;
import org.plumbline.plugin.intercept.SampleCounts.Outcome;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.intercept.ShapeProbe;
import org.plumbline.plugin.intercept.TappedModule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The whole request path with the real engine, under worker threads. */
class AuditLoadIT {
    private static final LayerPath LAYER = new LayerPath(ModelFolders.LAYER);
    private static final FloatTensor IMAGES = ModelFolders.images();
    private static final int WORKERS = 4;
    private static final int SWAPS = 12;
    private static final int AUDITS = 2000;

    @TempDir Path folder;
    private final AuditQueue queue = new AuditQueue(64);
    private AuditPipeline pipeline;
    private Path original;
    private Path repaired;
    private long generation;

    @BeforeEach
    void start() {
        pipeline = AuditPipeline.start(queue, new Silent());
        original = ModelFolders.plain(folder, "cnn").resolve("model.pt");
        repaired = ModelFolders.repaired(original, folder.resolve("repaired.pt"), 1);
    }

    @AfterEach
    void stop() {
        pipeline.close();
    }

    @Test
    void everyThreadReadsTheBitsOfOneModuleWhilePlainAndAuditedOnesAreSwapped() throws Exception {
        List<float[]> first = references(original);
        List<float[]> second = references(repaired);
        assertThat(first.get(0)).isNotEqualTo(second.get(0));
        Path work = Files.createDirectory(folder.resolve("work"));
        Staged staged = stage(original, work, Sampling.ALL);
        ServedSlot slot = new ServedSlot(staged.served());
        AuditBlock block = new AuditBlock(slot, -1, queue, InstantSource.system());
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        List<Future<long[]>> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            long seed = i;
            workers.add(threads.submit(() -> ask(block, seed, stop, first, second)));
        }
        for (int i = 1; i <= SWAPS; i++) {
            Sampling sampling = i % 3 == 0 ? none() : Sampling.ALL;
            staged = stage(i % 2 == 0 ? original : repaired, work, sampling);
            slot.swap(staged.served()).release();
        }
        stop.set(true);
        long answers = 0;
        long wrong = 0;
        for (Future<long[]> worker : workers) {
            long[] counts = worker.get(60, TimeUnit.SECONDS);
            answers += counts[0];
            wrong += counts[1];
        }
        threads.shutdownNow();
        pipeline.close();
        assertThat(wrong).as("of %s answers", answers).isZero();
        assertThat(answers).isGreaterThan(SWAPS);
        assertThat(files(work)).as("replaced modules are freed").isEqualTo(1);
        slot.current().release();
        assertThat(files(work)).isZero();
    }

    @Test
    void noArrayStaysBehindOverThousandsOfAudits() throws Exception {
        Path work = Files.createDirectory(folder.resolve("work"));
        Staged staged = stage(original, work, Sampling.ALL);
        AuditBlock block =
                new AuditBlock(new ServedSlot(staged.served()), -1, queue, InstantSource.system());
        audit(block, staged, 100); // markers and targets are made once
        int arrays = staged.model().managedArrays();
        int scopes = scopes();
        audit(block, staged, AUDITS);
        assertThat(staged.model().managedArrays()).isEqualTo(arrays);
        assertThat(scopes()).isEqualTo(scopes);
        assertThat(staged.served().counts().of(Outcome.AUDITED)).isEqualTo(AUDITS + 100);
        staged.served().release();
    }

    private void audit(AuditBlock block, Staged staged, int times) {
        long before = done(staged.served());
        for (int i = 0; i < times; i++) {
            answer(block, IMAGES.slice(i % 24, i % 24 + 1));
            while (queue.depth() > 32) { // drop none
                LockSupport.parkNanos(100_000);
            }
        }
        Eventually.that("settled", () -> done(staged.served()) == before + times);
        Eventually.that("closed", () -> queue.depth() == 0);
    }

    private static long done(Served served) {
        return Stream.of(Outcome.values()).mapToLong(served.counts()::of).sum();
    }

    /** Scopes that hang on the engine's own, one for each loaded model and call under way. */
    private static int scopes() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return manager.getParentManager().getManagedArrays().size();
        }
    }

    /** Answers single images and batches of three until told to stop: answers, wrong answers. */
    private static long[] ask(
            AuditBlock block,
            long seed,
            AtomicBoolean stop,
            List<float[]> first,
            List<float[]> second) {
        SplittableRandom random = new SplittableRandom(seed);
        long answers = 0;
        long wrong = 0;
        while (!stop.get()) {
            int image = random.nextInt(8);
            boolean batch = random.nextInt(4) == 0;
            float[] read = answer(block, IMAGES.slice(batch ? 0 : image, batch ? 3 : image + 1));
            int at = batch ? 8 : image;
            answers++;
            if (!Arrays.equals(read, first.get(at)) && !Arrays.equals(read, second.get(at))) {
                wrong++;
            }
        }
        return new long[] {answers, wrong};
    }

    private static float[] answer(AuditBlock block, FloatTensor images) {
        try (NDManager unit = NDManager.newBaseManager("PyTorch")) {
            NDList inputs = new NDList(unit.create(images.values(), new Shape(images.shape())));
            return block.forward(new ParameterStore(unit, false), inputs, false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    /** Plain logits of eight images one by one, then of the first three together. */
    private List<float[]> references(Path archive) {
        List<float[]> logits = new ArrayList<>();
        try (TappedModel model = load(archive, folder)) {
            for (int i = 0; i < 8; i++) {
                logits.add(model.logits(IMAGES.slice(i, i + 1), 1).values());
            }
            logits.add(model.logits(IMAGES.slice(0, 3), 3).values());
        }
        return logits;
    }

    private Staged stage(Path archive, Path work, Sampling sampling) {
        TappedModel model = load(archive, work);
        FloatTensor activation = model.read(IMAGES.slice(0, 1), -1).activation();
        float[] cav = new float[activation.shape().length > 1 ? (int) activation.shape()[1] : 1];
        cav[0] = 1;
        TappedModule module = new TappedModule(model, model.bank(List.of(DenseVector.copyOf(cav))));
        Sampler sampler = new Sampler(sampling, 1);
        Shape row = new Shape(IMAGES.slice(0, 1).shape());
        sampler.probed(row, new ShapeProbe(Device.cpu(), -1).run(module, row, DataType.FLOAT32));
        Served served =
                new Served(
                        new ServedId("cnn", model.digest().brief()),
                        ++generation,
                        model.digest(),
                        LAYER,
                        List.of(new ConceptId("first-channel")),
                        Map.of(),
                        module,
                        sampler);
        pipeline.admit(
                served.id(),
                new WindowLimits(
                        served.generation(),
                        new WindowSettings(1000, Optional.empty(), OptionalDouble.empty(), 0.01),
                        64));
        return new Staged(model, served);
    }

    private static TappedModel load(Path archive, Path work) {
        return TappedModel.load(archive, new TapSpec(LAYER, work, Device.cpu()));
    }

    private static Sampling none() {
        return new Sampling(0, OptionalDouble.empty());
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private record Staged(TappedModel model, Served served) {}

    private record Silent() implements AuditObserver {
        @Override
        public void audited(AuditEvent event) {
            assertThat(event.samples()).isNotEmpty();
        }

        @Override
        public void appeared(SeriesKey key) {
            assertThat(key.layer()).isEqualTo(LAYER);
        }

        @Override
        public void vanished(Set<SeriesKey> keys) {
            assertThat(keys).isNotEmpty();
        }
    }
}
