package org.plumbline.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

class FashionMnistTest {
    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void write() throws Exception {
        IdxFiles.write(folder, 30, 12);
    }

    @Test
    void imagesAndLabelsAreReadUpToTheLimit() {
        FashionMnist part = FashionMnist.read(folder, "train", 25);
        assertThat(part.size()).isEqualTo(25);
        assertThat(part.labels()).startsWith(0, 1, 2, 3).hasSize(25);
        assertThat(rowSum(part.images().get(3), 6)).isGreaterThan(rowSum(part.images().get(3), 0));
    }

    private static int rowSum(GrayImage image, int y) {
        return IntStream.range(0, GrayImage.SIDE).map(x -> image.level(y, x)).sum();
    }

    @Test
    void aMissingFileIsNamed() throws Exception {
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte.gz"));
        assertThatThrownBy(() -> FashionMnist.read(folder, "t10k", 5))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("no t10k-labels-idx1-ubyte")
                .hasMessageContaining("expected: the four IDX files");
    }

    @Test
    void aTruncatedFileIsOneClearError() throws Exception {
        byte[] header = {0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3};
        Files.delete(folder.resolve("train-images-idx3-ubyte.gz"));
        Files.write(folder.resolve("train-images-idx3-ubyte"), header);
        assertThatThrownBy(() -> FashionMnist.read(folder, "train", 5))
                .isInstanceOf(AuditException.class)
                .hasMessage("train-images-idx3-ubyte: truncated (expected: an IDX file)");
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        Files.delete(folder.resolve("train-images-idx3-ubyte.gz"));
        Files.copy(
                folder.resolve("train-labels-idx1-ubyte.gz"),
                folder.resolve("train-images-idx3-ubyte.gz"));
        assertThatThrownBy(() -> FashionMnist.read(folder, "train", 5))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("expected: an IDX header");
    }
}
