package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.EveryTap;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.LayerStatus;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs every layer of the model zoo: the small archives of this project, or with {@code mvn -Pzoo}
 * those below {@code plumbline.zoo}.
 */
class ZooTest {
    private static final Path SMALL = Path.of("src", "test", "resources", "zoo");

    private static final String NAMED = System.getProperty("plumbline.zoo", "");
    private static final boolean SMALL_ZOO = NAMED.isEmpty();

    /**
     * Float32 against float64 of up to 100 layers; measured: at most 5e-6. At full size some of a
     * million units lie within rounding of a kink, and the two take different sides; measured: up
     * to 4e-4, in the layers below the first maximum pooling of ResNet-18.
     */
    private static final double MARGIN = SMALL_ZOO ? 1e-5 : 1e-3;

    /** What the engine may say of a layer that is tapped; anything else is a failure. */
    private static final List<String> EXPLAINED =
            List.of("does not reach the layer", "derivative for aten::");

    private static final int LAYERS_PER_COPY = 64;

    /** Fewer layers have the models made for one feature each; the first test runs them all. */
    private static final int LARGE = 30;

    @TempDir Path folder;

    static List<ZooArchive> archives() throws IOException {
        return ZooArchive.below(SMALL_ZOO ? SMALL : Path.of(NAMED));
    }

    static List<ZooArchive> largeArchives() throws IOException {
        return archives().stream().filter(a -> a.layers() > LARGE).toList();
    }

    @BeforeAll
    static void prepareEngine() {
        Engine.getEngine("PyTorch");
        JniUtils.setGraphExecutorOptimize(false); // most methods run once
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void everyLayerTapsOrSaysWhyNotWithAnOffer(ZooArchive zoo) throws Exception {
        List<LayerStatus> layers = layers(zoo);
        List<String> tappable =
                layers.stream()
                        .filter(l -> l.obstacle().isEmpty())
                        .map(LayerStatus::path)
                        .collect(Collectors.toCollection(ArrayList::new));
        SoftAssertions softly = new SoftAssertions();
        for (LayerStatus layer : layers) {
            if (layer.obstacle().isPresent() && !tappable.isEmpty()) {
                softly.assertThat(layer.offer()).as(layer.path()).isPresent();
                softly.assertThat(tappable).contains(layer.offer().orElse("none"));
            }
        }
        zoo.named().stream().filter(n -> !tappable.contains(n)).forEach(tappable::add);
        int explained = 0;
        for (int from = 0; from < tappable.size(); from += LAYERS_PER_COPY) {
            int to = Math.min(tappable.size(), from + LAYERS_PER_COPY);
            explained += run(zoo, tappable.subList(from, to), softly);
        }
        softly.assertAll();
        long untapped = layers.stream().filter(l -> l.obstacle().isPresent()).count();
        coverage(zoo, tappable.size() - explained, tappable.size() + untapped);
    }

    /** Runs some layers in one copy of the archive; returns how many say why not. */
    private int run(ZooArchive zoo, List<String> layers, SoftAssertions softly) throws Exception {
        Path copy = folder.resolve("every.pt");
        boolean logits;
        try (Archive archive = Archive.open(zoo.file())) {
            logits = EveryTap.write(archive, layers, copy);
        }
        int explained = 0;
        try (NativeModule module = NativeModule.load(copy, Device.cpu())) {
            byte[] plain;
            try (NDManager unit = module.manager().newSubManager()) {
                NDList answer =
                        new PlainForward(module, logits).logits(new NDList(input(zoo, unit)));
                plain = answer.get(0).toByteArray();
                softly.assertThat(zoo.logitError(answer.get(0).toFloatArray())).isLessThan(1e-4);
            }
            for (int i = 0; i < layers.size(); i++) {
                String layer = layers.get(i);
                try (NDManager unit = module.manager().newSubManager()) {
                    NDList out = module.call(EveryTap.answer(i), new NDList(input(zoo, unit)));
                    softly.assertThat(out.get(0).toByteArray()).as(layer).isEqualTo(plain);
                    NDArray predicted = unit.create(new long[] {-1});
                    NDList above = new NDList(out.get(1), out.get(2), predicted);
                    float[] gradient =
                            module.call(Instrumenter.GRADIENT, above).get(0).toFloatArray();
                    assertGradient(zoo, layer, gradient, softly);
                } catch (EngineException e) {
                    explained++;
                    String reason = NativeModule.reason(e);
                    softly.assertThat(EXPLAINED).as(layer + reason).anyMatch(reason::contains);
                }
            }
        }
        return explained;
    }

    private static void assertGradient(
            ZooArchive zoo, String layer, float[] gradient, SoftAssertions softly) {
        zoo.gradientError(layer, gradient)
                .ifPresent(e -> softly.assertThat(e).as(layer).isLessThan(MARGIN));
    }

    /** Layers must not be lost: {@code coverage.txt} holds how many tapped when it was written. */
    private static void coverage(ZooArchive zoo, int tapped, long all) throws IOException {
        String line = zoo.name() + " " + tapped + "/" + all;
        Path report = Path.of("target", "zoo-coverage.txt");
        List<String> lines =
                new ArrayList<>(Files.exists(report) ? Files.readAllLines(report) : List.of());
        lines.removeIf(l -> l.startsWith(zoo.name() + " "));
        lines.add(line);
        Files.write(report, lines.stream().sorted().toList());
        if (SMALL_ZOO) {
            assertThat(Files.readAllLines(SMALL.resolve("coverage.txt")))
                    .as(zoo.name())
                    .filteredOn(l -> l.startsWith(zoo.name() + " "))
                    .hasSize(1)
                    .allSatisfy(
                            l ->
                                    assertThat(tapped)
                                            .isGreaterThanOrEqualTo(
                                                    Integer.parseInt(l.split("[ /]", -1)[2])));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("largeArchives")
    void aMiddleAndALateLayerVerifyAndReadPyTorchsGradient(ZooArchive zoo) throws Exception {
        List<String> tappable =
                layers(zoo).stream()
                        .filter(l -> l.obstacle().isEmpty())
                        .map(LayerStatus::path)
                        .toList();
        for (int percent : tappable.isEmpty() ? new int[0] : new int[] {50, 90}) {
            String layer = tappable.get(tappable.size() * percent / 100);
            TapSpec spec = new TapSpec(new LayerPath(layer), folder, Device.cpu());
            try (TappedModel model = TappedModel.load(zoo.file(), spec)) {
                AuditForm form = model.settle(zoo.input());
                if (form == AuditForm.FINITE_DIFFERENCES) {
                    assertThat(zoo.name()).contains("no_grad");
                    continue;
                }
                boolean more = zoo.name().contains("inception_v3.script");
                assertThat(form).isEqualTo(more ? AuditForm.KEPT_INPUT : AuditForm.KEPT_GRAPH);
                float[] gradient = model.read(zoo.input(), -1).gradient().values();
                assertThat(zoo.gradientError(layer, gradient))
                        .as(layer)
                        .hasValueSatisfying(e -> assertThat(e).isLessThan(MARGIN));
            } catch (AuditException e) {
                String reason = String.valueOf(e.getMessage());
                assertThat(EXPLAINED).as(reason).anyMatch(reason::contains);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void trunkThenHeadIsForwardAtEveryLayerThatCanBeSplit(ZooArchive zoo) throws Exception {
        List<String> splits =
                some(
                        layers(zoo).stream()
                                .filter(l -> l.splitObstacle().isEmpty())
                                .map(LayerStatus::path)
                                .toList());
        SoftAssertions softly = new SoftAssertions();
        for (int from = 0; from < splits.size(); from += LAYERS_PER_COPY) {
            int to = Math.min(splits.size(), from + LAYERS_PER_COPY);
            split(zoo, splits.subList(from, to), softly);
        }
        softly.assertAll();
    }

    /**
     * Returns the layers of small models and half a dozen of others, but all with {@code -Pzoo}.
     */
    private static List<String> some(List<String> layers) {
        int every = SMALL_ZOO ? Math.max(1, layers.size() / 6) : 1;
        return IntStream.range(0, layers.size())
                .filter(i -> i % every == 0)
                .mapToObj(layers::get)
                .toList();
    }

    private void split(ZooArchive zoo, List<String> layers, SoftAssertions softly)
            throws Exception {
        Path copy = folder.resolve("split.pt");
        boolean logits;
        try (Archive archive = Archive.open(zoo.file())) {
            logits = EveryTap.writeSplits(archive, layers, copy);
        }
        try (NativeModule module = NativeModule.load(copy, Device.cpu())) {
            for (int i = 0; i < layers.size(); i++) {
                try (NDManager unit = module.manager().newSubManager()) {
                    NDArray x = input(zoo, unit);
                    PlainForward forward = new PlainForward(module, logits);
                    byte[] plain = forward.logits(new NDList(x)).get(0).toByteArray();
                    NDList caches = module.call(EveryTap.trunk(i), new NDList(x));
                    softly.assertThat(head(module, i, caches).toByteArray())
                            .as(layers.get(i))
                            .isEqualTo(plain);
                    // a training batch takes some rows of what the trunk gave
                    NDList first = new NDList();
                    caches.forEach(c -> first.add(c.get("0:1")));
                    softly.assertThat(head(module, i, first).getShape().get(0))
                            .as(layers.get(i))
                            .isEqualTo(1);
                } catch (EngineException e) {
                    String reason = NativeModule.reason(e);
                    softly.assertThat(reason).as(layers.get(i)).contains(EXPLAINED.get(0));
                }
            }
        }
    }

    private static NDArray head(NativeModule module, int layer, NDList caches) {
        NDList arguments = TrainableModel.listed(caches, "caches[]");
        return module.call(EveryTap.head(layer), arguments).singletonOrThrow();
    }

    private static List<LayerStatus> layers(ZooArchive zoo) throws IOException {
        try (Archive archive = Archive.open(zoo.file())) {
            return new Instrumenter(archive).layers();
        }
    }

    private static NDArray input(ZooArchive zoo, NDManager unit) {
        FloatTensor input = zoo.input();
        return unit.create(input.values(), new Shape(input.shape()));
    }
}
