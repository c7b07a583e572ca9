package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.Projection;
import org.plumbline.core.instrument.Projector;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.ChannelAxis;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Archives with a projection in their code, against the formula on plain arrays. */
class ProjectionTest {
    @TempDir Path folder;

    private int copies;

    private Path project(Path archive, String layer, Projection projection) throws IOException {
        Path out = folder.resolve("projected-" + copies++ + ".pt");
        try (Archive opened = Archive.open(archive)) {
            Projector.project(opened, new LayerPath(layer), projection, out);
        }
        return out;
    }

    private TappedModel load(Path archive, String layer) {
        return TappedModel.load(
                archive, new TapSpec(new LayerPath(layer), Optional.empty(), folder, Device.cpu()));
    }

    private ActivationReading observe(Path archive, String layer, FloatTensor inputs) {
        try (TappedModel model = load(archive, layer)) {
            return model.observe(inputs);
        }
    }

    private FloatTensor logits(Path archive, String layer, FloatTensor inputs) {
        try (TappedModel model = load(archive, layer)) {
            return model.logits(inputs, inputs.rows()); // forward itself
        }
    }

    private static FloatTensor random(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor tensor = FloatTensor.zeros(shape);
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = (float) random.nextDouble(-1, 1);
        }
        return tensor;
    }

    private static DenseVector direction(long seed, int d) {
        float[] drawn = random(seed, d).values();
        double norm = DenseVector.copyOf(drawn).norm();
        for (int i = 0; i < d; i++) {
            drawn[i] /= (float) norm;
        }
        return DenseVector.copyOf(drawn);
    }

    /** Shifts one sample until all levels hold: Gauss-Seidel on the conditions, no inverse. */
    private static FloatTensor oracle(FloatTensor a, Projection projection) {
        int axis = ChannelAxis.of(a, projection.dimension());
        boolean maximum = projection.moves().get(0).maximum();
        FloatTensor pooled = pooled(a, axis, maximum);
        FloatTensor moved = FloatTensor.of(a.values().clone(), a.shape());
        for (int i = 0; i < a.rows(); i++) {
            double[] shift = shift(pooled.row(i), projection);
            int locations = a.rowSize() / shift.length;
            for (int c = 0; c < shift.length; c++) {
                for (int p = 0; p < locations; p++) {
                    int within = axis == 1 ? c * locations + p : p * shift.length + c;
                    moved.values()[i * a.rowSize() + within] += (float) shift[c];
                }
            }
        }
        return moved;
    }

    private static double[] shift(DenseVector pooled, Projection projection) {
        double[] shift = new double[pooled.dimension()];
        double[] goals =
                projection.moves().stream()
                        .mapToDouble(m -> m.strength() * (m.level() - pooled.dot(m.direction())))
                        .toArray();
        for (int pass = 0; pass < 500; pass++) {
            for (int j = 0; j < goals.length; j++) {
                DenseVector h = projection.moves().get(j).direction();
                double along = 0;
                for (int c = 0; c < shift.length; c++) {
                    along += shift[c] * h.at(c);
                }
                double step = (goals[j] - along) / h.dot(h);
                for (int c = 0; c < shift.length; c++) {
                    shift[c] += step * h.at(c);
                }
            }
        }
        return shift;
    }

    private static FloatTensor pooled(FloatTensor a, int axis, boolean maximum) {
        FloatTensor first = ChannelAxis.first(a, axis);
        int channels = first.extent(1);
        int locations = first.rowSize() / channels;
        float[] pooled = new float[first.rows() * channels];
        for (int i = 0; i < pooled.length; i++) {
            double sum = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int p = 0; p < locations; p++) {
                sum += first.values()[i * locations + p];
                largest = Math.max(largest, first.values()[i * locations + p]);
            }
            pooled[i] = (float) (maximum ? largest : sum / locations);
        }
        return FloatTensor.of(pooled, first.rows(), channels);
    }

    /** 1e-5 of the largest value: float32 sums in another order. */
    private static void assertClose(FloatTensor actual, FloatTensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double largest = 0;
        for (float value : expected.values()) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(actual.values())
                .containsExactly(expected.values(), within((float) (1e-5 * largest)));
    }

    private static Projection several(int d, boolean maximum, double... strengths) {
        DenseVector common = direction(77, d);
        List<Projection.Move> moves = new ArrayList<>();
        for (int j = 0; j < strengths.length; j++) {
            double[] mixed = new double[d]; // cosines of about 0.5 between them
            DenseVector own = direction(100 + j, d);
            for (int c = 0; c < d; c++) {
                mixed[c] = own.at(c) + common.at(c);
            }
            moves.add(
                    new Projection.Move(
                            DenseVector.copyOf(mixed), 0.3 * j - 0.4, strengths[j], maximum));
        }
        return new Projection(moves);
    }

    @ParameterizedTest
    @CsvSource({
        "small_cnn.script, features.8, true", "small_cnn.trace, features.8, false",
        "small_cnn.trace, features.3, true", "small_cnn.script, classifier.0, true",
    })
    void theTappedValueIsTheOneTheFormulaGives(String model, String layer, boolean maximum)
            throws IOException {
        Path archive = TestArchives.reference(model);
        FloatTensor inputs = random(3, 5, 3, 28, 28);
        FloatTensor before = observe(archive, layer, inputs).activation();
        int d = before.extent(1);
        for (Projection projection :
                List.of(
                        Projection.of(direction(5, d), -0.7, maximum),
                        several(d, maximum, 1, 1, 1),
                        several(d, maximum, 0.5, 0, 2))) {
            Path projected = project(archive, layer, projection);
            FloatTensor after = observe(projected, layer, inputs).activation();
            assertClose(after, oracle(before, projection));
        }
    }

    /** rr-clarc.md, self-check 1; 1e-4 of the activation's size. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyPooledValueHasTheLevelsOfAllConcepts(boolean maximum) throws IOException {
        Path archive = TestArchives.reference("small_cnn.trace");
        FloatTensor inputs = random(4, 6, 3, 28, 28);
        Projection projection = several(32, maximum, 1, 1, 1, 1);
        Path projected = project(archive, "features.8", projection);
        FloatTensor after = observe(projected, "features.8", inputs).activation();
        FloatTensor pooled = pooled(after, 1, maximum);
        for (int i = 0; i < inputs.rows(); i++) {
            for (Projection.Move move : projection.moves()) {
                double size = pooled.row(i).norm() * move.direction().norm();
                assertThat(pooled.row(i).dot(move.direction()))
                        .isCloseTo(move.level(), within(1e-4 * size));
            }
        }
    }

    @Test
    void conceptsMayBePooledInTheirOwnWays() throws IOException {
        Path archive = TestArchives.reference("small_cnn.trace");
        FloatTensor inputs = random(4, 4, 3, 28, 28);
        Projection projection =
                new Projection(
                        List.of(
                                new Projection.Move(direction(1, 32), 0.5, 1, true),
                                new Projection.Move(direction(2, 32), -0.5, 1, false)));
        Path projected = project(archive, "features.8", projection);
        ActivationReading after = observe(projected, "features.8", inputs);
        for (Projection.Move move : projection.moves()) {
            FloatTensor pooled = pooled(after.activation(), 1, move.maximum());
            for (int i = 0; i < inputs.rows(); i++) {
                double size = pooled.row(i).norm();
                assertThat(pooled.row(i).dot(move.direction()))
                        .isCloseTo(move.level(), within(1e-4 * size));
            }
        }
        assertClose(handed(archive, "features.8", inputs, projection), after.logits());
    }

    /** The order in which concepts are told does not matter, unlike with one after the other. */
    @Test
    void severalConceptsHaveNoOrder() throws IOException {
        Path archive = TestArchives.reference("small_cnn.script");
        FloatTensor inputs = random(4, 3, 3, 28, 28);
        Projection projection = several(32, true, 1, 1, 1);
        List<Projection.Move> reversed = new ArrayList<>(projection.moves());
        Collections.reverse(reversed);
        assertClose(
                logits(project(archive, "features.8", projection), "features.8", inputs),
                logits(
                        project(archive, "features.8", new Projection(reversed)),
                        "features.8",
                        inputs));
    }

    @ParameterizedTest
    @CsvSource({
        "torch1/resnet18.script, layer4.1.relu",
        "torch2/resnet18.trace, layer3",
        "torch2/resnet18.fx_trace, layer4.1.conv2",
        "torch1/shared_types.script, second",
        "torch2/swin_t.script, features.1",
        "torch1/vit_b_16.script, encoder.layers.encoder_layer_1",
        "torch2/densenet121.trace, features.denseblock2",
        "torch2/efficientnet_b0.script, features.8.0",
        "torch1/repeated.trace, conv.forward1",
        "torch2/structured.script, pair.1",
        "torch2/branches.script, yes",
        "torch2/residual.script_frozen, add",
        "torch1/resnet18.script, layer3.0.add",
    })
    void zooArchivesAnswerAsIfTheLayerHadBeenMoved(String name, String layer) throws IOException {
        ZooArchive zoo =
                ZooArchive.below(TestArchives.zoo(name).resolveSibling("")).stream()
                        .filter(z -> z.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        FloatTensor inputs = zoo.input();
        FloatTensor plain = logits(zoo.file(), layer, inputs);
        FloatTensor before = observe(zoo.file(), layer, inputs).activation();
        int d = before.extent(ChannelAxis.usual(before));

        Projection neutral = several(d, false, 0, 0);
        Path same = project(zoo.file(), layer, neutral);
        assertThat(logits(same, layer, inputs).values()).containsExactly(plain.values());

        Projection moving = Projection.of(direction(9, d), 2, false);
        Path projected = project(zoo.file(), layer, moving);
        assertClose(observe(projected, layer, inputs).activation(), oracle(before, moving));
        FloatTensor moved = logits(projected, layer, inputs);
        assertChange(zoo.file(), layer, inputs, moving, moved);
        assertClose(handed(zoo.file(), layer, inputs, moving), moved);
    }

    /** The same projection, its numbers handed to the instrumented original. */
    private FloatTensor handed(Path archive, String layer, FloatTensor inputs, Projection by) {
        try (TappedModel model = load(archive, layer);
                ProjectionBank bank = model.projection(by);
                NDManager unit = NDManager.newBaseManager("PyTorch")) {
            NDList given = new NDList(unit.create(inputs.values(), new Shape(inputs.shape())));
            assertThat(model.unmitigable()).isEmpty();
            NDArray logits = model.forward(given, bank).head();
            return FloatTensor.of(logits.toFloatArray(), logits.getShape().getShape());
        }
    }

    /** Against the change of every logit that the instrumented original tells. */
    private void assertChange(
            Path archive, String layer, FloatTensor inputs, Projection by, FloatTensor logits) {
        Projection.Move move = by.moves().get(0);
        try (TappedModel model = load(archive, layer);
                InterventionBank bank =
                        model.interventions(
                                List.of(
                                        new Intervention(
                                                move.direction(), move.level(), 1, false)))) {
            FloatTensor plain = model.logits(inputs, inputs.rows());
            float[] expected = plain.values().clone();
            for (int k = 0; k < plain.rowSize(); k++) {
                Effects effects = model.effects(inputs, bank, k);
                for (int i = 0; i < inputs.rows(); i++) {
                    expected[i * plain.rowSize() + k] += effects.change(i, 0);
                }
            }
            assertThat(expected).isNotEqualTo(plain.values());
            assertClose(logits, FloatTensor.of(expected, plain.shape()));
        }
    }

    @Test
    void aProjectedArchiveIsProjectedAgainElsewhereAndAtTheSameLayer() throws IOException {
        Path archive = TestArchives.zoo("torch1/resnet18.script");
        FloatTensor inputs = random(6, 2, 3, 28, 28);
        int d = observe(archive, "layer4.1", inputs).activation().extent(1);
        Path once = project(archive, "layer4.1", Projection.of(direction(1, d), 1, true));
        Path twice = project(once, "layer4.0.conv1", Projection.of(direction(2, d), 2, false));
        Projection third = Projection.of(direction(3, d), 3, false);
        FloatTensor before = observe(twice, "layer4.1", inputs).activation();
        Path thrice = project(twice, "layer4.1", third);
        assertClose(observe(thrice, "layer4.1", inputs).activation(), oracle(before, third));
        try (Archive opened = Archive.open(thrice);
                Archive original = Archive.open(archive)) {
            assertThat(opened.unboundedLoop()).isEqualTo(original.unboundedLoop());
        }
    }

    @Test
    void anOperationIsReadBehindItsProjection() throws IOException {
        Path archive = TestArchives.zoo("torch1/resnet18.script");
        FloatTensor inputs = random(6, 2, 3, 28, 28);
        FloatTensor before = observe(archive, "layer4.1.add", inputs).activation();
        Projection one = Projection.of(direction(4, before.extent(1)), 1.5, true);
        Projection two = Projection.of(direction(5, before.extent(1)), -0.5, true);
        Path once = project(archive, "layer4.1.add", one);
        Path twice = project(once, "layer4.1.add", two);
        FloatTensor middle = oracle(before, one);
        assertClose(observe(once, "layer4.1.add", inputs).activation(), middle);
        assertClose(observe(twice, "layer4.1.add", inputs).activation(), oracle(middle, two));
        assertThat(operations(once)).containsAll(operations(archive));
    }

    private static List<String> operations(Path archive) throws IOException {
        try (Archive opened = Archive.open(archive)) {
            return new Instrumenter(opened)
                    .operations().stream().map(status -> status.path()).toList();
        }
    }

    /** LRP keeps logits bit for bit, and its sums where nothing takes relevance away. */
    @ParameterizedTest
    @ValueSource(strings = {"small_cnn.trace", "small_cnn.script"})
    void theCopyIsExplainedAndSplitLikeAnyOther(String name) throws IOException {
        Path archive = TestArchives.reference(name);
        FloatTensor inputs = random(12, 2, 3, 28, 28);
        Path projected = project(archive, "features.8", Projection.of(direction(1, 32), 1, true));
        FloatTensor logits = logits(projected, "features.8", inputs);
        ExplainSpec spec =
                ExplainSpec.of(
                                folder,
                                Device.cpu(),
                                ExplanationMethod.GRADIENT,
                                ExplanationMethod.LRP)
                        .with(LrpComposite.EPSILON_PLUS);
        try (ExplainableModel model = ExplainableModel.load(projected, spec)) {
            for (ExplanationMethod method :
                    List.of(ExplanationMethod.GRADIENT, ExplanationMethod.LRP)) {
                Attribution attribution = model.explain(method, inputs, -1);
                assertThat(attribution.logits().values()).containsExactly(logits.values());
            }
        }
        for (String layer : List.of("features.3", "features.8", "classifier.0")) {
            try (Archive opened = Archive.open(projected)) {
                assertThat(
                                new Instrumenter(opened)
                                        .layers().stream()
                                                .filter(l -> l.path().equals(layer))
                                                .findFirst()
                                                .orElseThrow()
                                                .splitObstacle())
                        .isEmpty();
            }
            try (TappedModel model = load(projected, layer)) {
                model.settle(inputs);
                assertThat(model.intervenesOnHead()).as(layer).isTrue();
                assertThat(model.form()).isEqualTo(AuditForm.KEPT_GRAPH);
            }
        }
    }

    @Test
    void weightsAndPicklesStayAsTheyAre() throws IOException {
        Path archive = TestArchives.reference("small_cnn.trace");
        Path projected = project(archive, "features.8", several(32, true, 1, 1));
        try (Archive before = Archive.open(archive);
                Archive after = Archive.open(projected)) {
            for (String entry : before.entries()) {
                if (!entry.startsWith("code/")) {
                    assertThat(after.read(entry, 1 << 24).orElseThrow())
                            .as(entry)
                            .isEqualTo(before.read(entry, 1 << 24).orElseThrow());
                }
            }
            assertThat(after.tensors().values().stream().map(StoredTensor::name))
                    .containsExactlyElementsOf(
                            before.tensors().values().stream().map(StoredTensor::name).toList());
            assertThat(new Instrumenter(after).layers())
                    .hasSameSizeAs(new Instrumenter(before).layers());
        }
    }

    /** Every float comes back: the level of a direction of one-hot is read from the activation. */
    @Test
    void wideLayersKeepEveryBitOfTheNumbers() throws IOException {
        float[] values = random(8, 2048).values();
        values[0] = Float.MIN_VALUE;
        values[1] = -Float.MIN_NORMAL;
        values[2] = 0.1f;
        values[3] = Math.nextUp(1f);
        Projection projection =
                new Projection(
                        List.of(
                                new Projection.Move(
                                        DenseVector.copyOf(values), 1 / 3.0, 0.7, true)));
        Path projected =
                project(TestArchives.reference("small_cnn.script"), "features.8", projection);
        try (Archive opened = Archive.open(projected)) {
            List<Float> read = new ArrayList<>();
            String code =
                    opened.entries().stream()
                            .filter(e -> e.endsWith(".py"))
                            .map(e -> text(opened, e))
                            .filter(text -> text.contains("pl_h_0 = "))
                            .findFirst()
                            .orElseThrow();
            for (String line : code.lines().filter(l -> l.contains("pl_h_")).toList()) {
                assertThat(line.length()).isLessThan(16_384);
                if (line.contains("torch.tensor(")) {
                    String list = line.substring(line.indexOf('[') + 1, line.indexOf(']'));
                    Arrays.stream(list.split(", ", -1))
                            .forEach(number -> read.add(rounded(Double.parseDouble(number))));
                }
            }
            assertThat(read).hasSize(2048);
            for (int i = 0; i < values.length; i++) {
                assertThat(read.get(i)).isEqualTo(values[i]);
            }
        }
    }

    private static float rounded(double value) {
        return (float) value;
    }

    private static String text(Archive archive, String entry) {
        try {
            return new String(archive.read(entry, 1 << 24).orElseThrow(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(entry, e);
        }
    }

    @Test
    void callsInLoopsAreRefused() {
        assertThatThrownBy(
                        () ->
                                project(
                                        TestArchives.zoo("torch2/branches.script"),
                                        "spin.conv",
                                        Projection.of(direction(1, 4), 0, true)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("stands in a loop");
        try (TappedModel model = load(TestArchives.zoo("torch2/branches.script"), "spin.conv")) {
            assertThat(model.unmitigable())
                    .hasValueSatisfying(why -> assertThat(why).contains("stands in a loop"));
            assertThatThrownBy(() -> model.projection(Projection.of(direction(1, 4), 0, true)))
                    .hasMessageContaining("layer: spin.conv: cannot be projected: ");
        }
    }

    @Test
    void directionsInTheSpanOfOthersAreRefused() {
        DenseVector a = direction(1, 8);
        DenseVector b = direction(2, 8);
        double[] mixed = new double[8];
        for (int c = 0; c < 8; c++) {
            mixed[c] = a.at(c) + b.at(c);
        }
        List<Projection.Move> moves = new ArrayList<>();
        for (DenseVector v : List.of(a, b, DenseVector.copyOf(mixed))) {
            moves.add(new Projection.Move(v, 0, 1, true));
        }
        assertThatThrownBy(() -> new Projection(moves))
                .hasMessageContaining("in the span of others (expected: at least 1.8 degrees");
        assertThatThrownBy(() -> new Projection(List.of()))
                .hasMessage("directions: 0 (expected: 1 to 64)");
        assertThatThrownBy(() -> new Projection.Move(DenseVector.copyOf(0f, 0f), 0, 1, true))
                .hasMessageContaining("length 0.0 (expected: above 0, finite)");
        assertThatThrownBy(() -> new Projection.Move(a, Double.NaN, 1, true))
                .hasMessageContaining("(expected: finite)");
    }
}
