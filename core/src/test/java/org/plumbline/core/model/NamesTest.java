package org.plumbline.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class NamesTest {
    private static final String ABC = // FIPS 180-2, appendix B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir Path folder;

    @Test
    void layerPathsHaveSegments() {
        assertThat(new LayerPath("layer4.1.conv2").segments())
                .containsExactly("layer4", "1", "conv2");
        assertThat(new LayerPath("a")).isLessThan(new LayerPath("b")).hasToString("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", "a..b", "a/b", "a b", "a\n"})
    void otherLayerPathsAreRefused(String path) {
        assertThatThrownBy(() -> new LayerPath(path)).hasMessageContaining("dotted path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "-a", "a/b", "a.b", "../a"})
    void otherConceptNamesAreRefused(String name) {
        assertThatThrownBy(() -> new ConceptId(name)).hasMessageContaining("concept");
    }

    @Test
    void conceptsSortByName() {
        assertThat(new ConceptId("time-stamp")).isGreaterThan(new ConceptId("colour"));
        assertThat(new ConceptId("colour")).hasToString("colour");
    }

    @Test
    void digestsAreSha256() throws IOException {
        byte[] bytes = "abc".getBytes(StandardCharsets.US_ASCII);
        Path file = Files.write(folder.resolve("abc"), bytes);

        assertThat(Digest.of(bytes)).hasToString(ABC).isEqualTo(Digest.of(file));
        assertThat(Digest.of(bytes).brief()).isEqualTo("ba7816bf8f01");
        assertThatThrownBy(() -> new Digest("ABC")).hasMessageContaining("64 lower-case");
    }
}
