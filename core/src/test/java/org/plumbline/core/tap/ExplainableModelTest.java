package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.ArchiveForge;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

class ExplainableModelTest {
    @TempDir Path folder;

    private ExplainSpec spec(ExplanationMethod... methods) {
        return ExplainSpec.of(folder, Device.cpu(), methods);
    }

    private static FloatTensor random(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor tensor = FloatTensor.zeros(shape);
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = (float) random.nextDouble(-2, 2);
        }
        return tensor;
    }

    private FloatTensor plain(Path archive, FloatTensor images) {
        try (ExplainableModel model =
                ExplainableModel.load(archive, spec(ExplanationMethod.GRADIENT))) {
            return model.explain(ExplanationMethod.GRADIENT, images, -1).logits();
        }
    }

    private FloatTensor lrp(Path archive, LrpComposite composite, FloatTensor images) {
        ExplainSpec spec = spec(ExplanationMethod.LRP).with(composite);
        try (ExplainableModel model = ExplainableModel.load(archive, spec)) {
            return model.explain(ExplanationMethod.LRP, images, -1).relevance();
        }
    }

    static Stream<Arguments> archives() {
        long[] small = {2, 1, 8, 8};
        long[] two = {2, 2, 10, 10};
        return Stream.of(
                Arguments.of(TestArchives.small("chain.script"), two),
                Arguments.of(TestArchives.small("chain.trace"), two),
                Arguments.of(TestArchives.small("functional.script"), two),
                Arguments.of(TestArchives.small("functional.trace"), two),
                Arguments.of(TestArchives.small("branch"), small),
                Arguments.of(TestArchives.small("residual"), small),
                Arguments.of(TestArchives.small("dropout"), small),
                Arguments.of(TestArchives.reference("mlp.script"), new long[] {2, 3, 28, 28}),
                Arguments.of(TestArchives.reference("resnet18.script"), new long[] {2, 3, 64, 64}),
                Arguments.of(TestArchives.reference("resnet18.trace"), new long[] {2, 3, 64, 64}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void lrpAnswersAsForwardBitForBit(Path archive, long[] shape) {
        FloatTensor images = random(3, shape);
        FloatTensor plain = plain(archive, images);
        for (LrpComposite composite :
                List.of(
                        LrpComposite.EPSILON_PLUS_FLAT,
                        LrpComposite.EPSILON_ALPHA2_BETA1,
                        LrpComposite.fairwasher(Box.between(-2, 2)))) {
            ExplainSpec spec = spec(ExplanationMethod.LRP).with(composite);
            try (ExplainableModel model = ExplainableModel.load(archive, spec)) {
                Attribution lrp = model.explain(ExplanationMethod.LRP, images, -1);
                assertThat(lrp.logits().sameValues(plain)).as(composite.toString()).isTrue();
                assertThat(lrp.relevance().values()).doesNotContain(Float.NaN);
            }
        }
    }

    @Test
    void tracedAndScriptedExportsHaveTheSameRelevance() {
        FloatTensor images = random(4, 3, 2, 10, 10);
        for (String model : List.of("chain", "functional")) {
            FloatTensor scripted =
                    lrp(
                            TestArchives.small(model + ".script"),
                            LrpComposite.EPSILON_PLUS_FLAT,
                            images);
            FloatTensor traced =
                    lrp(
                            TestArchives.small(model + ".trace"),
                            LrpComposite.EPSILON_PLUS_FLAT,
                            images);
            assertThat(traced.values()).containsExactly(scripted.values(), within(1e-6f));
        }
    }

    /** The layers that follow must not take the difference for a value of at least 0. */
    @Test
    void aDifferenceIsExplainedAlikeHoweverItIsWritten() throws IOException {
        String block = "torch.relu((block).forward(x0, ))";
        Path sub = withSum("torch.sub(x0, " + block + ")");
        Path add = withSum("torch.add(x0, " + block + ", alpha=-1)");
        FloatTensor images = random(9, 3, 1, 8, 8);
        assertThat(lrp(add, LrpComposite.EPSILON_PLUS, images).values())
                .containsExactly(
                        lrp(sub, LrpComposite.EPSILON_PLUS, images).values(), within(1e-6f));
    }

    private Path withSum(String sum) throws IOException {
        return ArchiveForge.of(TestArchives.small("tied.script"))
                .replaceText("code/__torch__.py", "torch.add((block).forward(x0, ), x0)", sum)
                .replaceText("code/__torch__.py", "x1 = (act0).forward(_1, )", "x1 = _1")
                .write(folder);
    }

    @Test
    void anOperatorWithoutARuleIsNamedWithItsStatement() throws IOException {
        Path forged =
                ArchiveForge.of(TestArchives.small("chain.trace"))
                        .replaceText("activation/___torch_mangle_2.py", "torch.relu(", "torch.exp(")
                        .write(folder);
        assertThatThrownBy(() -> ExplainableModel.load(forged, spec(ExplanationMethod.LRP)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("operator exp has no rule, in features.1: ")
                .hasMessageContaining("torch.exp(argument_1)");
        assertThat(plain(forged, random(1, 1, 2, 10, 10)).values()).doesNotContain(Float.NaN);
    }

    @Test
    void inABranchAnOperatorWithoutARuleFailsOnlyWhenItIsTaken() throws IOException {
        ArchiveForge forge = ArchiveForge.of(TestArchives.small("branch"));
        String code = new String(forge.content("__torch__.py"), StandardCharsets.UTF_8);
        assertThat(code).contains("torch.mul(y, 2)").contains("torch.gt(float");
        FloatTensor images = random(1, 1, 1, 8, 8);
        forge.replaceText("__torch__.py", "torch.mul(y, 2)", "torch.exp(y)");
        Path untaken = forge.write(folder);
        assertThat(lrp(untaken, LrpComposite.EPSILON, images).values()).doesNotContain(Float.NaN);
        Path taken =
                forge.replaceText("__torch__.py", "torch.gt(float", "torch.lt(float").write(folder);
        assertThatThrownBy(() -> lrp(taken, LrpComposite.EPSILON, images))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("operator exp has no rule");
    }

    @Test
    void swappingNeedsARelu() {
        assertThatThrownBy(
                        () ->
                                ExplainableModel.load(
                                        TestArchives.small("linear.script"),
                                        spec(ExplanationMethod.GRADIENT)
                                                .with(new ActivationSwap(20))))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("no ReLU");
    }

    @Test
    void aSharpSoftplusIsAlmostTheRelu() {
        FloatTensor images = random(5, 2, 2, 10, 10);
        Path archive = TestArchives.small("chain.script");
        ExplainSpec spec = spec(ExplanationMethod.GRADIENT).with(new ActivationSwap(1000));
        FloatTensor plain = plain(archive, images);
        try (ExplainableModel model = ExplainableModel.load(archive, spec)) {
            Attribution swapped = model.explain(ExplanationMethod.GRADIENT, images, -1);
            assertThat(swapped.logits().values()).containsExactly(plain.values(), within(5e-3f));
            assertThat(swapped.logits().sameValues(plain)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(ExplanationMethod.class)
    void theSizeOfEngineCallsDoesNotMatter(ExplanationMethod method) {
        FloatTensor images = random(6, 5, 2, 10, 10);
        Path archive = TestArchives.small("chain.trace");
        float[] expected = null;
        for (int batch : new int[] {1, 3, 64}) {
            try (ExplainableModel model =
                    ExplainableModel.load(archive, spec(method).withBatch(batch))) {
                float[] actual = model.explain(method, images, 1).relevance().values();
                expected = expected == null ? actual : expected;
                assertThat(actual).containsExactly(expected, within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ExplanationMethod.class)
    void threadsShareAModelWithoutLeaving(ExplanationMethod method) throws Exception {
        FloatTensor images = random(7, 2, 2, 10, 10);
        try (ExplainableModel model =
                ExplainableModel.load(TestArchives.small("chain.script"), spec(method))) {
            float[] expected = model.explain(method, images, -1).relevance().values();
            int before = model.managedArrays();
            ExecutorService threads = Executors.newFixedThreadPool(3);
            try {
                List<Future<float[]>> results = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    results.add(
                            threads.submit(
                                    () -> model.explain(method, images, -1).relevance().values()));
                }
                for (Future<float[]> result : results) {
                    assertThat(result.get()).containsExactly(expected, within(1e-6f));
                }
            } finally {
                threads.shutdown();
            }
            assertThat(model.managedArrays()).isEqualTo(before);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void everySampleMayHaveItsOwnTarget() {
        FloatTensor images = random(8, 2, 2, 10, 10);
        try (ExplainableModel model =
                ExplainableModel.load(
                        TestArchives.small("chain.script"), spec(ExplanationMethod.GRADIENT))) {
            Attribution both = model.explain(ExplanationMethod.GRADIENT, images, new long[] {2, 0});
            float[] first =
                    model.explain(ExplanationMethod.GRADIENT, images, 2).relevance().values();
            assertThat(both.classes()).containsExactly(2, 0);
            assertThat(Arrays.copyOf(both.relevance().values(), 200))
                    .containsExactly(Arrays.copyOf(first, 200), within(1e-6f));
        }
    }

    @Test
    void wrongRequestsAreRefused() {
        FloatTensor images = random(9, 2, 2, 10, 10);
        ExplanationMethod method = ExplanationMethod.GRADIENT;
        try (ExplainableModel model =
                ExplainableModel.load(TestArchives.small("chain.script"), spec(method))) {
            refused(() -> model.explain(ExplanationMethod.LRP, images, 0), "method: lrp");
            refused(() -> model.explain(method, random(1, 2, 10, 10), 0), "inputs: ");
            refused(() -> model.explain(method, images, new long[] {0}), "targets: 1");
            refused(() -> model.explain(method, images, 3), "gradient: ");
            refused(
                    () -> model.explain(method, random(1, 1, 3, 10, 10), 0),
                    "inputs: [1, 3, 10, 10]");
        }
        refused(
                () ->
                        ExplainableModel.load(
                                TestArchives.small("chain.script"),
                                spec(ExplanationMethod.LRP).at(new LayerPath("features.9"))),
                "no such layer; near: features");
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(AuditException.class).hasMessageContaining(message);
    }
}
