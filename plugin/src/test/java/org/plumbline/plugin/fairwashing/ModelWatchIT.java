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
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.config.FairwashingSpec.Hysteresis;
import org.plumbline.plugin.config.FairwashingSpec.Reference;
import org.plumbline.plugin.config.FairwashingSpec.Tangent;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.metrics.WatchPhase;
import org.plumbline.plugin.metrics.WindowOutcome;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** A watch whose turns the test takes, with the real engine. */
class ModelWatchIT {
    private static final int WINDOW = HonestyCheck.FEWEST_INPUTS;
    private static final Digest ANOTHER = Digest.of(new byte[] {1});

    @TempDir Path folder;

    private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final AuditMeters meters = AuditMeters.standalone("1");
    private Path archive;
    private Path clean;
    private FakeVersions versions;
    private ServedSlot slot;

    @BeforeEach
    void model() throws IOException {
        Files.createDirectories(folder.resolve("work"));
        archive = folder.resolve("model.pt");
        clean = folder.resolve("clean.npy");
        ModelFolders.copy("small_cnn.pt", archive);
        NpyFile.write(clean, noise(120));
        versions = new FakeVersions(folder, Digest.of(archive));
        slot = versions.slot();
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
        Served before = versions.serve(ANOTHER);
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
        assertThat(meters.scrape()).containsPattern("fairwashing_state\\{.*\"stopped\"} 1.0");
        versions.serve(ANOTHER);
        watch.turn();
        assertThat(watch.state().phase()).isEqualTo(WatchPhase.COLLECTING);
        assertThat(watch.state().reason()).isEmpty();
        assertThat(meters.scrape())
                .containsPattern("fairwashing_state\\{.*\"stopped\"} 0.0")
                .containsPattern("fairwashing_state\\{.*\"collecting\"} 1.0");
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

    /** What the machine itself refuses is not tried again and again beside a model that serves. */
    @Test
    void anErrorOfTheMachineStopsItAtOnce() throws IOException {
        ModelWatch watch = watch(1);
        versions.beforeLoading =
                () -> {
                    throw new OutOfMemoryError("Java heap space");
                };
        watch.turn();
        fill(watch, slot.current());
        while (watch.state().phase() != WatchPhase.STOPPED) {
            assertThat(watch.turn()).isNotNegative();
        }
        assertThat(watch.state().reason()).contains("OutOfMemoryError", "Java heap space");
        assertThat(watch.state().windows()).containsEntry(WindowOutcome.FAILED, 1L);
        assertThat(loaded()).isZero();
    }

    @Test
    void classesThatAreMissingWhenItsFilesAreReadLeaveItMisconfigured() {
        versions.serve(ANOTHER);
        Path broken =
                (Path)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {Path.class},
                                (proxy, method, args) -> {
                                    throw new NoClassDefFoundError("NullFile");
                                });
        ModelWatch watch = watch(spec(1, Optional.of(clean), Optional.of(broken)));
        assertThat(watch.turn()).isNotNegative();
        assertThat(watch.state().phase()).isEqualTo(WatchPhase.MISCONFIGURED);
        assertThat(watch.state().reason()).startsWith("fairwashing: ").contains("NullFile");
        assertThat(meters.scrape()).containsPattern("fairwashing_state\\{.*\"misconfigured\"} 1.0");
    }

    @Test
    void aShapeThatNoLongerComesGivesItsWindowToTheOneThatDoes() {
        ModelWatch watch = watch(spec(1, Optional.empty(), Optional.empty()));
        watch.turn();
        watch.see(slot.current(), list(FloatTensor.zeros(3, 1, 28, 28)));
        FloatTensor other = noise(1);
        for (int i = 1; i < WINDOW; i++) {
            watch.see(slot.current(), list(other));
        }
        watch.turn();
        assertThat(watch.state().collected()).isEqualTo(3);
        watch.see(slot.current(), list(other));
        watch.turn();
        assertThat(watch.state().collected()).isZero();
        assertThat(watch.state().windows()).containsEntry(WindowOutcome.ABORTED, 1L);
        watch.see(slot.current(), list(other));
        assertThat(watch.state().collected()).isEqualTo(1);
        assertThat(watch.state().reason())
                .isEqualTo("a window was given up: inputs are (3, 28, 28), not (1, 28, 28)");
    }

    @Test
    void aShapeTheCleanInputsDoNotHaveIsToldAsLongAsItComes() {
        ModelWatch watch = watch(1);
        watch.turn();
        for (int i = 0; i < WINDOW; i++) {
            watch.see(slot.current(), list(FloatTensor.zeros(1, 1, 28, 28)));
        }
        watch.turn();
        assertThat(watch.state().reason()).isEqualTo("inputs are (1, 28, 28), not (3, 28, 28)");
        assertThat(watch.state().windows()).containsEntry(WindowOutcome.ABORTED, 0L);
        watch.see(slot.current(), list(noise(1)));
        assertThat(watch.state().reason()).isEmpty();
    }

    @Test
    void withoutExamplesPicturesOfEarlierWindowsAreRemoved() {
        Digest digest = slot.current().digest();
        ResultFolder results = new ResultFolder(versions.results());
        byte[] png = {1};
        results.write(digest, ResultFolderTest.KEPT, Map.of(ExplanationMethod.LRP, png));
        ModelWatch watch = watch(1);
        watch.turn();
        assertThat(watch.state().suspect()).contains(true);
        assertThat(watch.state().last().orElseThrow().pictures()).isEmpty();
        assertThat(watch.picture(ExplanationMethod.LRP)).isEmpty();
        assertThat(results.read(digest, ExplanationMethod.LRP)).isEmpty();
    }

    private ModelWatch watch(double budget) {
        return watch(spec(budget, Optional.of(clean), Optional.empty()));
    }

    private ModelWatch watch(FairwashingSpec spec) {
        return new ModelWatch(versions, spec, meters, () -> Instant.EPOCH);
    }

    private static FairwashingSpec spec(double budget, Optional<Path> clean, Optional<Path> nulls) {
        return new FairwashingSpec(
                1,
                WINDOW,
                budget,
                Set.of(ExplanationMethod.GRADIENT),
                new Tangent(clean, 32, 16),
                nulls,
                Reference.PREVIOUS,
                0.01,
                Hysteresis.STANDARD,
                0);
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
        try (Stream<Path> files = Files.walk(versions.work())) {
            return files.filter(Files::isRegularFile).count();
        }
    }
}
