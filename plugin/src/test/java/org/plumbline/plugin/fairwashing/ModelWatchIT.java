package org.plumbline.plugin.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.config.FairwashingSpec.Hysteresis;
import org.plumbline.plugin.config.FairwashingSpec.Reference;
import org.plumbline.plugin.config.FairwashingSpec.Tangent;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.intercept.PendingReading;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedModule;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.metrics.WindowOutcome;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** A watch whose turns the test takes, with the real engine. */
class ModelWatchIT {
    private static final int WINDOW = HonestyCheck.FEWEST_INPUTS;

    @TempDir Path folder;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final AuditMeters meters = AuditMeters.standalone("1");
    private Path archive;
    private Path clean;
    private ServedSlot slot;

    @BeforeEach
    void model() throws IOException {
        Files.createDirectories(folder.resolve("work"));
        archive = folder.resolve("model.pt");
        clean = folder.resolve("clean.npy");
        ModelFolders.copy("small_cnn.pt", archive);
        NpyFile.write(clean, noise(120));
        slot = new ServedSlot(served(Digest.of(archive)));
    }

    @AfterEach
    void free() {
        manager.close();
        meters.close();
    }

    @Test
    void aWindowUnderExaminationEndsWithItsVersionAndFreesWhatWasLoaded() throws IOException {
        ModelWatch watch = watch(0.02); // the model loaded, then a long wait
        watch.turn();
        fill(watch, slot.current());
        while (watch.state().phase() == WatchPhase.COLLECTING || loaded() == 0) {
            watch.turn();
        }
        assertThat(watch.state().phase()).isEqualTo(WatchPhase.EXAMINING);
        assertThat(meters.scrape()).contains("plumbline_fairwashing_suspect{");
        Served before =
                slot.swap(
                        served(
                                Digest.of(
                                        "another"
                                                .getBytes(
                                                        java.nio.charset.StandardCharsets.UTF_8))));
        assertThat(watch.turn()).isNotNegative();
        WatchState anew = watch.state();
        assertThat(anew.phase()).isEqualTo(WatchPhase.COLLECTING);
        assertThat(anew.collected()).isZero();
        assertThat(anew.windows()).containsEntry(WindowOutcome.ABORTED, 1L);
        assertThat(loaded()).isZero();
        assertThat(meters.scrape()).doesNotContain(before.id().version());
        fill(watch, before); // calls under way end on the version before
        assertThat(watch.state().collected()).isZero();
    }

    /** Each step is followed by a wait a thousand times as long, so a turn takes one. */
    @Test
    void aTurnTakesNoMoreStepsThanTheBudgetAllows() {
        ModelWatch watch = watch(1e-3);
        watch.turn();
        fill(watch, slot.current());
        watch.turn(); // the window is begun: that is the step
        double begun = watch.state().seconds();
        assertThat(begun).isPositive();
        for (int i = 0; i < 5; i++) {
            watch.turn();
        }
        assertThat(watch.state().seconds()).isEqualTo(begun);
        watch.close();
        assertThat(watch.turn()).isNegative();
    }

    @Test
    void threeFailuresInARowStopItUntilAnotherVersionServes() throws IOException {
        ModelWatch watch = watch(1);
        watch.turn();
        ModelFolders.write(archive, "no archive"); // it was one when it was loaded
        for (long failed = 1; failed <= 3; failed++) {
            fill(watch, slot.current());
            while (watch.state().windows().getOrDefault(WindowOutcome.FAILED, 0L) < failed) {
                watch.turn();
            }
            assertThat(watch.state().reason()).startsWith("model.pt: ");
            assertThat(loaded()).isZero();
        }
        assertThat(watch.state().phase()).isEqualTo(WatchPhase.STOPPED);
        fill(watch, slot.current());
        assertThat(watch.turn()).isNotNegative();
        assertThat(watch.state().windows()).containsEntry(WindowOutcome.FAILED, 3L);
        slot.swap(served(Digest.of(clean)));
        watch.turn();
        assertThat(watch.state().phase()).isEqualTo(WatchPhase.COLLECTING);
    }

    @Test
    void inputsOfAnotherShapeOrTypeAreCountedAndRowsAreDrawnFromBatches() {
        ModelWatch watch = watch(1);
        watch.turn();
        FloatTensor batch = noise(7);
        watch.see(slot.current(), list(FloatTensor.zeros(2, 1, 28, 28)));
        watch.see(slot.current(), new NDList(list(batch).head().toType(DataType.FLOAT64, true)));
        watch.see(slot.current(), new NDList());
        assertThat(watch.state().unfit()).isEqualTo(3);
        watch.see(slot.current(), list(batch));
        assertThat(watch.state().collected()).isEqualTo(7);
        fill(watch, slot.current());
        assertThat(watch.state().collected()).isEqualTo(WINDOW).isEqualTo(watch.state().window());
    }

    private ModelWatch watch(double budget) {
        FairwashingSpec spec =
                new FairwashingSpec(
                        1,
                        WINDOW,
                        budget,
                        Set.of(ExplanationMethod.GRADIENT),
                        new Tangent(Optional.of(clean), 32, 16),
                        Optional.empty(),
                        Reference.PREVIOUS,
                        0.01,
                        Hysteresis.STANDARD,
                        0);
        return new ModelWatch(new Fake(), spec, meters, () -> Instant.EPOCH);
    }

    private void fill(ModelWatch watch, Served of) {
        FloatTensor inputs = noise(WINDOW);
        for (int i = 0; i < WINDOW; i++) {
            watch.see(of, list(inputs.slice(i, i + 1)));
        }
    }

    private NDList list(FloatTensor tensor) {
        NDArray array = manager.create(tensor.values(), new Shape(tensor.shape()));
        return new NDList(array);
    }

    private static FloatTensor noise(int rows) {
        Random random = new Random(rows);
        FloatTensor images = FloatTensor.zeros(rows, 3, 28, 28);
        for (int i = 0; i < images.values().length; i++) {
            images.values()[i] = (float) random.nextGaussian();
        }
        return images;
    }

    private long loaded() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("work"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private static Served served(Digest digest) {
        return new Served(
                new ServedId("cnn", digest.brief()),
                1,
                digest,
                new LayerPath("l"),
                List.of(),
                Map.of(),
                new Silent(),
                new Sampler(Sampling.ALL, 1));
    }

    /** Nobody asks it. */
    private static final class Silent implements ServedModule {
        @Override
        public NDList forward(NDList inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PendingReading answer(NDList inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final class Fake implements WatchedModel {
        @Override
        public ServedSlot slot() {
            return slot;
        }

        @Override
        public Path archive() {
            return archive;
        }

        @Override
        public Optional<Path> replaced() {
            return Optional.empty();
        }

        @Override
        public void requireEnding(Path file) {}

        @Override
        public Path workFolder() {
            try {
                return Files.createTempDirectory(folder.resolve("work"), "w");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Path results() {
            return folder.resolve("results");
        }

        @Override
        public Device device() {
            return Device.cpu();
        }
    }
}
