package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.training.TrainingFolder;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;
import org.plumbline.worker.training.TrunkCache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What every correction must keep, with the real engine. */
class CorrectorIT {
    private static final Path ARCHIVES = Path.of("src", "test", "resources", "archives");
    private static final ConceptId CONCEPT = new ConceptId("corner");
    private static final Map<String, String> QUICK =
            Map.of("epochs", "3", "batch_size", "16", "learning_rate", "0.01", "seed", "5");

    private static final Map<String, String> QUICK_DETECTORS =
            Map.of("detectors", "2", "detector_steps", "12", "detector_threshold", "0.4");

    @TempDir Path folder;
    private AuditDataset data;

    /** Images of three classes; a bright corner goes with class 0 more often than with others. */
    @BeforeEach
    void makeData() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        int n = 90;
        float[] images = new float[n * 64];
        long[] labels = new long[n];
        long[] concept = new long[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % 3;
            concept[i] = random.nextDouble() < (labels[i] == 0 ? 0.6 : 0.3) ? 1 : 0;
            for (int p = 0; p < 64; p++) {
                boolean stripe = p % 8 == 2 * labels[i] + 1;
                boolean corner = concept[i] == 1 && p / 8 < 2 && p % 8 < 2;
                double value = random.nextDouble(-0.3, 0.3) + (stripe ? 1 : 0) + (corner ? 2 : 0);
                images[i * 64 + p] = (float) value;
            }
        }
        Path d = Files.createDirectory(folder.resolve("data"));
        NpyFile.write(d.resolve("inputs.npy"), FloatTensor.of(images, n, 1, 8, 8));
        NpyFile.write(d.resolve("labels.npy"), labels);
        NpyFile.write(d.resolve("concept_corner.npy"), concept);
        NpyFile.write(d.resolve("bias_labels.npy"), concept);
        NpyFile.write(d.resolve("mask.npy"), corners(concept));
        data = AuditDataset.load(d);
    }

    private static FloatTensor corners(long[] concept) {
        float[] masks = new float[concept.length * 64];
        for (int i = 0; i < masks.length; i++) {
            int pixel = i % 64;
            boolean corner = pixel / 8 < 2 && pixel % 8 < 2;
            masks[i] = corner ? concept[i / 64] : 0;
        }
        return FloatTensor.of(masks, concept.length, 8, 8);
    }

    private List<String> run(String archive, String method, Map<String, String> more, Path out) {
        return run(archive, method, more, out, TrainingListener.none());
    }

    private List<String> run(
            String archive,
            String method,
            Map<String, String> more,
            Path out,
            TrainingListener listener) {
        return run(archive, method, more, out, listener, Optional.empty());
    }

    private List<String> run(
            String archive,
            String method,
            Map<String, String> more,
            Path out,
            TrainingListener listener,
            Optional<TrainingFolder> states) {
        Map<String, String> parameters = new HashMap<>(QUICK);
        if (method.endsWith("-be")) {
            parameters.putAll(QUICK_DETECTORS);
        }
        parameters.putAll(more);
        CorrectionTask task =
                new CorrectionTask(
                        archive(archive),
                        data,
                        Optional.of(new LayerPath("features.0")),
                        Optional.of(CONCEPT),
                        OptionalInt.empty(),
                        Correction.of(method, parameters),
                        out,
                        folder,
                        Device.cpu(),
                        Optional.empty(),
                        states);
        return Corrector.run(task, listener);
    }

    /** Returns the archive of a name: one a test wrote, or a committed one. */
    private Path archive(String name) {
        Path own = folder.resolve(name + ".pt");
        return Files.exists(own) ? own : ARCHIVES.resolve(name + ".pt");
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherOneOthers() throws IOException {
        for (String method : Method.ALL.keySet()) {
            Path first = folder.resolve("first.pt");
            Path second = folder.resolve("second.pt");
            Path other = folder.resolve("other.pt");
            run("dropout", method, Map.of(), first);
            run("dropout", method, Map.of(), second);
            run("dropout", method, Map.of("seed", "6"), other);

            assertThat(Digest.of(second)).as(method).isEqualTo(Digest.of(first));
            assertThat(Digest.of(other)).as(method).isNotEqualTo(Digest.of(first));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("data", "first.pt", "second.pt", "other.pt");
        }
    }

    @Test
    void neutralParametersLeavePlainTraining() throws IOException {
        Map<String, String> sgd = Map.of("optimizer", "sgd", "class_weights", "true");
        Map<String, String> head = with(sgd, Map.of("trainable", "head"));
        Map<String, String> all = with(sgd, Map.of("trainable", "all"));
        Path headOnly = folder.resolve("head.pt");
        Path everything = folder.resolve("all.pt");
        run("dropout", "vanilla", head, headOnly);
        run("dropout", "vanilla", all, everything);

        Path out = folder.resolve("out.pt");
        run("dropout", "rrr", with(head, Map.of("lambda", "0")), out);
        assertThat(Digest.of(out)).as("rrr").isEqualTo(Digest.of(headOnly));
        Map<String, String> none =
                Map.of("alpha", "0", "beta", "0", "schedule", "constant", "weight_decay", "0");
        run("dropout", "end", with(all, none), out);
        assertThat(Digest.of(out)).as("end").isEqualTo(Digest.of(everything));
        run("dropout", "rr-clarc", with(all, Map.of("lambda", "0")), out);
        float[] a = weights(out, "classifier.2.weight");
        float[] b = weights(everything, "classifier.2.weight");
        for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).as("rr-clarc").isCloseTo(b[i], within(1e-6f)); // 0 times the penalty
        }
    }

    /** What is drawn anew does not depend on its deployed values; what is frozen stays. */
    @ParameterizedTest
    @ValueSource(strings = {"vanilla", "end"})
    void aFreshStartForgetsTheDeployedHead(String method) throws IOException {
        String head = "classifier.1.weight";
        doubleWeights("plain", head, "doubled");
        Map<String, String> fresh = Map.of("start", "fresh", "trainable", "head");
        Path one = folder.resolve("one.pt");
        Path two = folder.resolve("two.pt");
        Path deployed = folder.resolve("deployed.pt");

        run("plain", method, fresh, one);
        run("doubled", method, fresh, two);
        run("doubled", method, Map.of("trainable", "head"), deployed);

        assertThat(weights(two, head)).isEqualTo(weights(one, head));
        assertThat(weights(deployed, head)).isNotEqualTo(weights(one, head));
        assertThat(weights(one, "features.0.weight"))
                .isEqualTo(weights(ARCHIVES.resolve("plain.pt"), "features.0.weight"));
    }

    private void doubleWeights(String from, String name, String to) throws IOException {
        float[] values = weights(ARCHIVES.resolve(from + ".pt"), name);
        for (int i = 0; i < values.length; i++) {
            values[i] *= 2;
        }
        try (Archive archive = Archive.open(ARCHIVES.resolve(from + ".pt"))) {
            StoredTensor stored = Objects.requireNonNull(archive.tensors().get(name));
            long[] shape = stored.shape().stream().mapToLong(Long::longValue).toArray();
            RepairedArchive.patch(
                    archive,
                    Map.of(name, FloatTensor.of(values, shape)),
                    folder.resolve(to + ".pt"));
        }
    }

    /**
     * Rounding the products to 8 bits moves every result, and little where no large weight
     * magnifies it.
     */
    @Test
    void everyMethodTrainsInMixedPrecision() throws IOException {
        Set<String> smooth = Set.of("vanilla", "rr-clarc", "a-clarc", "p-clarc", "end");
        Map<String, String> narrow = Map.of("precision", "bfloat16");
        for (String method : Method.ALL.keySet()) {
            Path exact = folder.resolve("exact.pt");
            Path mixed = folder.resolve("mixed.pt");
            run("plain", method, Map.of(), exact);
            run("plain", method, narrow, mixed);
            assertThat(Digest.of(mixed)).as(method).isNotEqualTo(Digest.of(exact));
            float[] a = weights(mixed, "classifier.1.weight");
            float[] b = weights(exact, "classifier.1.weight");
            for (int i = 0; i < a.length; i++) {
                assertThat(a[i]).as(method).isFinite();
                if (smooth.contains(method)) {
                    assertThat(a[i]).as(method).isCloseTo(b[i], within(0.2f));
                }
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("data", "exact.pt", "mixed.pt");
        }
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(more);
        return all;
    }

    @Test
    void theSourceStaysAsItIs() throws IOException {
        Digest before = Digest.of(ARCHIVES.resolve("plain.pt"));
        for (String method : Method.ALL.keySet()) {
            Path out = folder.resolve(method + ".pt");
            run("plain", method, Map.of(), out);
            assertThat(Digest.of(ARCHIVES.resolve("plain.pt"))).as(method).isEqualTo(before);
            assertThat(Digest.of(out)).as(method).isNotEqualTo(before);
        }
    }

    @Test
    void pClarcWithoutEpochsChangesTheCodeAlone() throws IOException {
        Path projected = folder.resolve("p.pt");
        Map<String, String> parameters = Map.of("epochs", "0");
        assertThat(run("plain", "p-clarc", parameters, projected)).isEmpty();
        assertThat(weights(projected, "classifier.1.weight"))
                .isEqualTo(weights(ARCHIVES.resolve("plain.pt"), "classifier.1.weight"));
        assertThat(run("plain", "p-clarc", Map.of(), folder.resolve("tuned.pt")))
                .containsExactlyInAnyOrder("classifier.1.weight", "classifier.1.bias");
    }

    @Test
    void aClarcTrainsTheSameFromTheCacheAndFromImages() throws IOException {
        Path cached = folder.resolve("cached.pt");
        Path whole = folder.resolve("whole.pt");
        run("plain", "a-clarc", Map.of("cache", "true"), cached);
        run("plain", "a-clarc", Map.of("cache", "false"), whole);
        float[] a = weights(cached, "classifier.1.weight");
        float[] b = weights(whole, "classifier.1.weight");
        for (int i = 0; i < a.length; i++) {
            // 1e-5: float32 convolutions in batches of another size
            assertThat(a[i]).isCloseTo(b[i], within(1e-5f));
        }
    }

    @Test
    void severalConceptsAreRemovedTogether() throws IOException {
        Path d = folder.resolve("data");
        long[] other = new long[90];
        for (int i = 0; i < other.length; i++) {
            other[i] = (i / 3) % 2;
        }
        NpyFile.write(d.resolve("concept_other.npy"), other);
        data = AuditDataset.load(d);
        Path one = folder.resolve("one.pt");
        Path both = folder.resolve("both.pt");
        Path slow = folder.resolve("slow.pt");
        run("plain", "rr-clarc", Map.of(), one);
        run("plain", "rr-clarc", Map.of("concepts", "other"), both);
        run("plain", "rr-clarc", Map.of("concepts", "other", "tangents", "false"), slow);
        assertThat(Digest.of(both)).isNotEqualTo(Digest.of(one));
        Path ofClass = folder.resolve("of_class.pt");
        run("plain", "rr-clarc", Map.of("concepts", "other:1"), ofClass);
        assertThat(Digest.of(ofClass)).as("fitted on one class").isNotEqualTo(Digest.of(both));
        float[] a = weights(both, "classifier.1.weight");
        float[] b = weights(slow, "classifier.1.weight");
        for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).isCloseTo(b[i], within(1e-5f));
        }
    }

    @Test
    void missingMasksAndBiasLabelsAreNamed() throws IOException {
        Path d = folder.resolve("data");
        Files.delete(d.resolve("mask.npy"));
        Files.delete(d.resolve("bias_labels.npy"));
        data = AuditDataset.load(d);
        assertThatThrownBy(() -> run("plain", "rrr", Map.of(), folder.resolve("o.pt")))
                .hasMessageContaining("mask: none (expected: mask.npy");
        assertThatThrownBy(() -> run("plain", "end", Map.of(), folder.resolve("o.pt")))
                .hasMessageContaining("bias_labels: none (expected: bias_labels.npy");
    }

    @Test
    void masksAreFoundWhereThereAreNone() throws IOException {
        Files.delete(folder.resolve("data/mask.npy"));
        data = AuditDataset.load(folder.resolve("data"));
        Path out = folder.resolve("out.pt");
        List<TrainingStep> steps = new ArrayList<>();

        run("plain", "rrr", Map.of("masks", "localised"), out, recording(steps));

        assertThat(steps).extracting(TrainingStep::phase).contains("localise", "train");
        assertThat(steps)
                .filteredOn(s -> s.phase().equals("train"))
                .anySatisfy(s -> assertThat(s.losses().get("penalty")).isPositive());
    }

    /** The concept comes to the same vector from what training has computed anyway. */
    @Test
    void aConceptFittedToTheCacheIsTheSame() {
        LayerPath probe = new LayerPath("features.0");
        AuditDataset set = data;
        int[] rows = set.rows(Split.TRAIN);
        Path archive = ARCHIVES.resolve("plain.pt");
        TrainingPlan plan = TrainingPlan.live(List.of("classifier.1.weight")).splitAt(probe);
        for (OptionalInt target : List.of(OptionalInt.empty(), OptionalInt.of(1))) {
            ConceptFitter.Wanted wanted =
                    new ConceptFitter.Wanted(CONCEPT, target, CavKind.SIGNAL, Pooling.MAX);
            try (TappedModel tapped =
                            TappedModel.load(archive, new TapSpec(probe, folder, Device.cpu()));
                    NativeOperators operators = NativeOperators.load(folder, Device.cpu());
                    TrainableModel model =
                            TrainableModel.load(archive, plan, folder, Device.cpu());
                    TrunkCache cache =
                            TrunkCache.collect(
                                    model, set, rows, model::trunk, TrainingListener.none())) {
                ConceptFitter.Fitted apart = ConceptFitter.fit(tapped, set, wanted);
                ConceptFitter.Fitted cached =
                        ConceptFitter.fit(
                                probe,
                                new CachedReadings(operators, model, cache, rows),
                                set,
                                wanted);
                assertThat(cached.examples().rows()).isEqualTo(apart.examples().rows());
                assertThat(cached.cav().direction().toArray())
                        .usingComparatorWithPrecision(1e-6f)
                        .containsExactly(apart.cav().direction().toArray());
            }
        }
    }

    @Test
    void rrClarcChangesOnlyWhatLiesBehindTheConvolutions() throws IOException {
        Path out = folder.resolve("out.pt");
        Digest before = Digest.of(ARCHIVES.resolve("dropout.pt"));

        assertThat(run("dropout", "rr-clarc", Map.of(), out))
                .containsExactlyInAnyOrder("classifier.2.weight", "classifier.2.bias");
        assertThat(Digest.of(ARCHIVES.resolve("dropout.pt"))).isEqualTo(before);
    }

    @Test
    void plainTrainingReachesEveryParameterAndTheBatchStatistics() {
        assertThat(run("dropout", "vanilla", Map.of("class_weights", "false"), folder.resolve("o")))
                .containsExactlyInAnyOrder(
                        "features.0.weight",
                        "features.0.bias",
                        "features.1.weight",
                        "features.1.bias",
                        "features.1.running_mean",
                        "features.1.running_var",
                        "classifier.2.weight",
                        "classifier.2.bias");
        assertThat(run("dropout", "vanilla", Map.of("trainable", "head"), folder.resolve("h")))
                .containsExactlyInAnyOrder("classifier.2.weight", "classifier.2.bias");
    }

    @ParameterizedTest(name = "tangents {0}")
    @ValueSource(strings = {"true", "false"})
    void cachedAndUncachedTrainingAgree(String tangents) throws IOException {
        Path cached = folder.resolve("cached.pt");
        Path whole = folder.resolve("whole.pt");
        run("plain", "rr-clarc", Map.of("cache", "true", "tangents", tangents), cached);
        run("plain", "rr-clarc", Map.of("cache", "false", "tangents", "false"), whole);

        float[] a = weights(cached, "classifier.1.weight");
        float[] b = weights(whole, "classifier.1.weight");
        for (int i = 0; i < a.length; i++) {
            // 1e-5: float32 convolutions in batches of another size
            assertThat(Math.abs(a[i] - b[i])).isLessThan(1e-5f);
        }
    }

    private static float[] weights(Path archive, String name) throws IOException {
        try (Archive opened = Archive.open(archive)) {
            String key =
                    opened.parameters().stream()
                            .filter(p -> p.name().equals(name))
                            .findFirst()
                            .orElseThrow()
                            .key();
            ByteBuffer bytes =
                    ByteBuffer.wrap(opened.read("data/" + key, 1 << 20).orElseThrow())
                            .order(ByteOrder.LITTLE_ENDIAN);
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        }
    }

    @Test
    void stochasticLayersBelowTheCutAreTrainedWithoutCache() {
        List<TrainingStep> steps = new ArrayList<>();
        Path out = folder.resolve("out.pt");
        CorrectionTask task =
                new CorrectionTask(
                        ARCHIVES.resolve("stochastic_trunk.pt"),
                        data,
                        Optional.of(new LayerPath("features.2")),
                        Optional.of(CONCEPT),
                        OptionalInt.empty(),
                        Correction.of("rr-clarc", QUICK),
                        out,
                        folder,
                        Device.cpu());

        List<String> warnings = new ArrayList<>();
        Corrector.run(task, recording(steps, warnings));

        assertThat(warnings)
                .containsExactly(
                        "stochastic layers below features.2: caching would not be exact, trained"
                                + " from images");
        assertThat(steps).extracting(TrainingStep::phase).contains("train");
        assertThat(steps).extracting(TrainingStep::phase).doesNotContain("activations");
    }

    /** A head that bends, with no layer between the probe and what is trained. */
    @Test
    void activationsAreCollectedOnceWhereNoLaterLayerMayServe() throws IOException {
        Path alive = folder.resolve("alive.pt");
        float[] weights = new float[6 * 8]; // the ReLU behind the probe lets some rows pass
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextDouble(-10, 10);
        }
        Map<String, FloatTensor> values =
                Map.of("plain.weight", FloatTensor.of(weights, 6, 8, 1, 1));
        try (Archive grouped =
                Archive.open(
                        Path.of("..", "core").resolve(ARCHIVES).resolve("grouped.script.pt"))) {
            RepairedArchive.patch(grouped, values, alive);
        }
        List<TrainingStep> steps = new ArrayList<>();
        CorrectionTask task =
                new CorrectionTask(
                        alive,
                        data,
                        Optional.of(new LayerPath("plain")),
                        Optional.of(CONCEPT),
                        OptionalInt.empty(),
                        Correction.of("rr-clarc", QUICK),
                        folder.resolve("out.pt"),
                        folder,
                        Device.cpu());

        assertThat(Corrector.run(task, recording(steps)))
                .containsExactlyInAnyOrder("fc.weight", "fc.bias");
        assertThat(steps.stream().filter(s -> s.phase().equals("activations") && s.step() == 1))
                .hasSize(1);
    }

    @Test
    void aFileThatCannotBeRemovedIsAFullOrBrokenDisk() {
        assertThatThrownBy(() -> CorrectionRun.delete(folder)) // it holds the data
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED))
                .hasMessageContaining(folder.toString());
    }

    @Test
    void progressIsToldStepByStep() {
        List<TrainingStep> steps = new ArrayList<>();
        run("dropout", "rr-clarc", Map.of(), folder.resolve("out.pt"), recording(steps));

        List<TrainingStep> trained = steps.stream().filter(s -> s.phase().equals("train")).toList();
        assertThat(trained).hasSize(18).allMatch(s -> s.steps() == 18 && s.epochs() == 3);
        assertThat(trained.get(17).epoch()).isEqualTo(3);
        assertThat(trained.get(0).losses())
                .containsOnlyKeys("loss", "cross_entropy", "penalty", "gradient_norm");
    }

    private static TrainingListener recording(List<TrainingStep> steps) {
        return recording(steps, new ArrayList<>());
    }

    private static TrainingListener recording(List<TrainingStep> steps, List<String> warnings) {
        return new TrainingListener() {
            @Override
            public void onWarning(String line) {
                warnings.add(line);
            }

            @Override
            public void onStep(TrainingStep step) {
                steps.add(step);
            }

            @Override
            public boolean cancelled() {
                return false;
            }
        };
    }

    @Test
    void aCancelledRunStopsWithinAStepAndWritesNothing() {
        List<TrainingStep> steps = new ArrayList<>();
        Path out = folder.resolve("out.pt");
        TrainingListener impatient =
                new TrainingListener() {
                    @Override
                    public void onStep(TrainingStep step) {
                        steps.add(step);
                    }

                    @Override
                    public boolean cancelled() {
                        return steps.stream().anyMatch(s -> s.step() == 2);
                    }
                };

        assertThatThrownBy(() -> run("dropout", "vanilla", Map.of(), out, impatient))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(steps.get(steps.size() - 1).step()).isEqualTo(2);
        assertThat(out).doesNotExist();
    }

    /** Stops after some steps, as a killed process does: nothing of it remains but the states. */
    private static TrainingListener stoppedAfter(int most) {
        AtomicInteger trained = new AtomicInteger();
        return new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                if (isLast(step)) {
                    trained.incrementAndGet();
                }
            }

            @Override
            public boolean cancelled() {
                return trained.get() == most;
            }
        };
    }

    /** Whether a step belongs to a method's last phase of training. */
    private static boolean isLast(TrainingStep step) {
        return step.phase().equals("train") || step.phase().equals("finetune");
    }

    @Test
    void everyMethodGoesOnFromItsLastStateToTheSameBytes() throws IOException {
        for (String method : Method.ALL.keySet()) {
            Path whole = folder.resolve("whole.pt");
            Path resumed = folder.resolve("resumed.pt");
            Path states = Files.createDirectories(folder.resolve("states-" + method));
            Map<String, String> more = Map.of("epochs", "3");
            Optional<TrainingFolder> kept = Optional.of(new TrainingFolder(states, Duration.ZERO));
            run("dropout", method, more, whole);

            assertThatThrownBy(() -> run("dropout", method, more, resumed, stoppedAfter(7), kept))
                    .as(method)
                    .hasMessage("cancelled");
            List<TrainingStep> steps = new ArrayList<>();
            run("dropout", method, more, resumed, recording(steps), kept);

            assertThat(steps.stream().filter(CorrectorIT::isLast).findFirst())
                    .as(method)
                    .hasValueSatisfying(s -> assertThat(s.step()).isEqualTo(8));
            assertThat(Digest.of(resumed)).as(method).isEqualTo(Digest.of(whole));
        }
    }

    @Test
    void aLossThatExplodesIsOneClearLine() {
        Map<String, String> wild =
                Map.of("learning_rate", "100000", "lambda", "1e11", "gradient_clip", "1e30");
        assertThatThrownBy(() -> run("plain", "rr-clarc", wild, folder.resolve("out.pt")))
                .hasMessageContaining("gradient_norm: Infinity at step 1")
                .hasMessageContaining("learning_rate");
    }

    @Test
    void labelsBeyondTheModelsClassesAreRefused() throws IOException {
        Path d = folder.resolve("data");
        long[] labels = new long[90];
        labels[0] = 3;
        NpyFile.write(d.resolve("labels.npy"), labels);
        data = AuditDataset.load(d);

        assertThatThrownBy(() -> run("dropout", "vanilla", Map.of(), folder.resolve("o.pt")))
                .hasMessage("labels: 3 (expected: 0 to 2, the model's classes)");
    }

    @Test
    void aMethodThatNeedsAConceptSaysSo() {
        CorrectionTask task =
                new CorrectionTask(
                        ARCHIVES.resolve("dropout.pt"),
                        data,
                        Optional.of(new LayerPath("features.0")),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Correction.of("rr-clarc", Map.of()),
                        folder.resolve("out.pt"),
                        folder,
                        Device.cpu());
        assertThatThrownBy(() -> Corrector.run(task, TrainingListener.none()))
                .hasMessage("concept: none (expected: rr-clarc needs one)");
    }

    @Test
    void lateCutsAreFrozenLeavesBetweenProbeAndTrainedLayers() throws IOException {
        try (Archive archive = Archive.open(ARCHIVES.resolve("dropout.pt"))) {
            List<String> trained = List.of("classifier.2.weight", "classifier.2.bias");
            assertThat(LateCuts.of(archive, new LayerPath("features.0"), trained))
                    .extracting(LayerPath::value)
                    .containsExactly("classifier.1", "classifier.0", "features.2");
        }
    }
}
