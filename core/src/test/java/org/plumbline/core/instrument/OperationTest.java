package org.plumbline.core.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class OperationTest {
    @TempDir Path folder;

    /** The order in which they run; of {@code relu_(add(y, x))} the sum comes first. */
    @Test
    void aFrozenArchiveListsItsOperationsInTheOrderTheyRun() throws IOException {
        List<LayerStatus> layers = layers("frozen");
        assertThat(layers.stream().map(LayerStatus::path))
                .containsExactly(
                        "conv2d",
                        "relu",
                        "conv2d_1",
                        "relu_1",
                        "conv2d_2",
                        "add",
                        "relu_2",
                        "max_pool2d",
                        "flatten",
                        "linear");
        assertThat(layers).allSatisfy(l -> assertThat(l.obstacle()).isEmpty());
        assertThat(layers.get(2).type()).isEqualTo("torch.conv2d");
        assertThat(layers("frozen_traced").stream().map(LayerStatus::path))
                .containsExactlyElementsOf(layers.stream().map(LayerStatus::path).toList());
    }

    @Test
    void modulesAreListedWithoutOperationsUnlessAsked() throws IOException {
        assertThat(layers("cnn").stream().map(LayerStatus::path))
                .contains("conv1", "stem.0")
                .doesNotContain("add", "conv1.conv2d");
        try (Archive archive = Archive.open(TestArchives.small("cnn"))) {
            assertThat(new Instrumenter(archive).operations().stream().map(LayerStatus::path))
                    .contains("add", "conv1.conv2d", "stem.0.conv2d", "max_pool2d", "act.relu")
                    .doesNotHaveDuplicates();
        }
    }

    /** Numbers are added in the same words: {@code skip * scale} is a product of Tensors. */
    @Test
    void operationsOfHelperMethodsCountAsTheCallers() throws IOException {
        try (Archive archive = Archive.open(TestArchives.small("residual"))) {
            assertThat(
                            new Instrumenter(archive)
                                    .operations().stream()
                                            .map(LayerStatus::path)
                                            .filter(p -> !p.contains(".")))
                    .containsExactly("mul", "add", "flatten");
            new Instrumenter(archive)
                    .audit(new LayerPath("add"), Optional.empty(), folder.resolve("add.pt"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv2d_9", "gelu", "add_1"})
    void anOperationThatIsNotThereNamesThoseThatAre(String operation) {
        assertThatThrownBy(() -> audit("frozen", operation))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("no such operation; it has: conv2d, relu, conv2d_1");
    }

    @Test
    void aPathThatIsNoOperationNamesNearOnes() {
        assertThatThrownBy(() -> audit("frozen", "conv_2"))
                .hasMessageContaining("no such layer; near: conv2d");
        assertThatThrownBy(() -> audit("cnn", "stem.9"))
                .hasMessageContaining("no such layer; near: stem");
    }

    @Test
    void operatorsWithoutADerivativeAreNamed() throws IOException {
        try (Archive traced = Archive.open(TestArchives.small("tokens"));
                Archive twin = Archive.open(TestArchives.small("tokens_differentiable"))) {
            assertThat(new Instrumenter(traced).withoutDerivative())
                    .containsExactly("_native_multi_head_attention");
            assertThat(new Instrumenter(twin).withoutDerivative()).isEmpty();
        }
    }

    private List<LayerStatus> layers(String name) throws IOException {
        try (Archive archive = Archive.open(TestArchives.small(name))) {
            return new Instrumenter(archive).layers();
        }
    }

    private void audit(String name, String layer) throws IOException {
        try (Archive archive = Archive.open(TestArchives.small(name))) {
            new Instrumenter(archive)
                    .audit(new LayerPath(layer), Optional.empty(), folder.resolve("out.pt"));
        }
    }
}
