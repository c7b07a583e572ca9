package org.plumbline.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.worker.generator.Picture;
import org.plumbline.worker.generator.PictureSet;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

class FashionBiasTest {
    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void write() throws Exception {
        IdxFiles.write(folder, 30, 12);
    }

    @Test
    void imagesAndLabelsAreReadUpToTheLimit() {
        PictureSet part = FashionBias.images(folder, "train", 25);
        assertThat(part.size()).isEqualTo(25);
        assertThat(part.labels()).startsWith(0, 1, 2, 3).hasSize(25);
        assertThat(rowSum(part.images().get(3), 6)).isGreaterThan(rowSum(part.images().get(3), 0));
    }

    private static int rowSum(Picture image, int y) {
        return IntStream.range(0, FashionBias.SIDE).map(x -> image.level(0, y, x)).sum();
    }

    @Test
    void aMissingFileIsNamed() throws Exception {
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte.gz"));
        assertThatThrownBy(() -> FashionBias.images(folder, "t10k", 5))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("no t10k-labels-idx1-ubyte")
                .hasMessageContaining("expected: the four IDX files of a set");
    }

    @Test
    void aTruncatedFileIsOneClearError() throws Exception {
        byte[] header = {0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3};
        Files.delete(folder.resolve("train-images-idx3-ubyte.gz"));
        Files.write(folder.resolve("train-images-idx3-ubyte"), header);
        assertThatThrownBy(() -> FashionBias.images(folder, "train", 5))
                .isInstanceOf(AuditException.class)
                .hasMessage("train-images-idx3-ubyte: truncated (expected: an IDX file)");
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        Files.delete(folder.resolve("train-images-idx3-ubyte.gz"));
        Files.copy(
                folder.resolve("train-labels-idx1-ubyte.gz"),
                folder.resolve("train-images-idx3-ubyte.gz"));
        assertThatThrownBy(() -> FashionBias.images(folder, "train", 5))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("expected: an IDX header");
    }

    @Test
    void theArtifactIsTheSameFewPixelsAsEver() {
        Picture black = Picture.drawn(1, FashionBias.SIDE, FashionBias.SIDE, (c, y, x) -> 0);
        Picture marked = FashionBias.marked(black);
        StringBuilder ink = new StringBuilder();
        for (int y = 20; y < 25; y++) {
            for (int x = 16; x < 25; x++) {
                ink.append(marked.level(0, y, x) == 255 ? '#' : '.');
            }
        }
        assertThat(ink).hasToString("#.###.####...#...##.###.#.##.#.....##.###.#.#");
        int white = 0;
        for (int p = 0; p < FashionBias.SIDE * FashionBias.SIDE; p++) {
            white += marked.level(0, p / FashionBias.SIDE, p % FashionBias.SIDE) == 255 ? 1 : 0;
        }
        assertThat(white).isEqualTo(ink.chars().filter(c -> c == '#').count());
    }

    @Test
    void otherImagesThanFashionMnistsAreRefused() throws Exception {
        byte[] header = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4};
        Files.delete(folder.resolve("train-images-idx3-ubyte.gz"));
        Files.write(folder.resolve("train-images-idx3-ubyte"), header);
        assertThatThrownBy(() -> FashionBias.images(folder, "train", 5))
                .hasMessage("train images: 2 (expected: 28 x 28)");
    }
}
