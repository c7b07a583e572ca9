package org.plumbline.worker.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.ConceptId;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.imageio.ImageIO;

/** Trees as the archives unpack, with one colour per image. */
class ReleaseFolderTest {
    @TempDir private Path root = Path.of("");

    private void image(String path, int level) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 12; p++) {
            image.setRGB(p % 4, p / 4, level << 16);
        }
        ImageIO.write(image, "png", file.toFile());
    }

    /** Coloured MNIST, Corrupted CIFAR-10, and with flat valid and test folders BFFHQ. */
    private void named(String test) throws IOException {
        image("cmnist/1pct/align/0/12_0_0.png", 10);
        image("cmnist/1pct/align/1/13_1_1.png", 20);
        image("cmnist/1pct/conflict/0/14_0_1.png", 30);
        image("cmnist/1pct/valid/15_1_0.png", 40);
        image("cmnist/" + test, 50);
    }

    @Test
    void labelsAndBiasComeFromTheNames() throws IOException {
        named("test/1/16_1_2.png");
        AuditDataset data = AuditDataset.load(root.resolve("cmnist/1pct"));
        assertThat(data.labels()).containsExactly(0, 1, 0, 1, 1);
        assertThat(data.biasLabels().orElseThrow()).containsExactly(0, 1, 1, 0, 2);
        assertThat(data.rows(Split.TRAIN)).containsExactly(0, 1, 2);
        assertThat(data.rows(Split.VALIDATION)).containsExactly(3);
        assertThat(data.rows(Split.TEST)).containsExactly(4);
        assertThat(data.inputs(0, 4).shape()).containsExactly(2, 3, 3, 4);
        assertThat(data.inputs(4).values()[0]).isEqualTo(50 / 255f);
        assertThat(data.concept(new ConceptId("conflicting"))).containsExactly(0, 0, 1, 1, 1);
        assertThat(data.concept(new ConceptId("bias_1"))).containsExactly(0, 1, 1, 0, 0);
    }

    @Test
    void flatTestFoldersAreReadToo() throws IOException {
        named("test/16_1_0.png");
        assertThat(AuditDataset.load(root.resolve("cmnist/1pct")).rows(Split.TEST)).hasSize(1);
    }

    @Test
    void theTestImagesBesideTheFolderCountForTheDigest() throws IOException {
        named("test/16_1_0.png");
        String before = AuditDataset.load(root.resolve("cmnist/1pct")).digest().hex();
        image("cmnist/test/16_1_0.png", 51);
        assertThat(AuditDataset.load(root.resolve("cmnist/1pct")).digest().hex())
                .isNotEqualTo(before);
    }

    @Test
    void actionsAreNumberedByFolderAndConflictWithTheNext() throws IOException {
        for (String action : new String[] {"climbing", "diving", "fishing"}) {
            image("bar/train/align/" + action + "/1.png", 10);
            image("bar/valid/" + action + "/1.png", 30);
            image("bar/test/" + action + "/1.png", 40);
        }
        image("bar/train/conflict/1pct/fishing/2.png", 20);
        image("bar/train/conflict/5pct/diving/3.png", 20);
        AuditDataset data = AuditDataset.load(root.resolve("bar/train/conflict/1pct"));
        assertThat(data.labels()).containsExactly(0, 1, 2, 2, 0, 1, 2, 0, 1, 2);
        assertThat(data.biasLabels().orElseThrow()).containsExactly(0, 1, 2, 0, 0, 1, 2, 1, 2, 0);
        assertThat(data.rows(Split.TRAIN)).hasSize(4);
        assertThat(data.rows(Split.TEST)).hasSize(3);
    }

    @Test
    void preprocessingMayBeGiven() throws IOException {
        named("test/1/16_1_1.png");
        Files.writeString(root.resolve("cmnist/1pct/preprocess.yaml"), "size: 8\n");
        assertThat(AuditDataset.load(root.resolve("cmnist/1pct")).inputs(0).shape())
                .containsExactly(1, 3, 8, 8);
    }

    @Test
    void anImageThatTellsNoClassIsNamed() throws IOException {
        named("test/other/16.png");
        assertThatThrownBy(() -> AuditDataset.load(root.resolve("cmnist/1pct")))
                .hasMessageContaining(
                        "16.png: in other (expected: ..._TARGET_BIAS.png, or a class");
    }
}
