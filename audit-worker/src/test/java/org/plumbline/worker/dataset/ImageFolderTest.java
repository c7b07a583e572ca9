package org.plumbline.worker.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.ConceptId;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.imageio.ImageIO;

class ImageFolderTest {
    @TempDir private Path folder;

    private void image(String name, int width, int height, int... rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height, rgb, 0, width);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    }

    private void manifest(String... lines) throws IOException {
        Files.writeString(folder.resolve("manifest.csv"), String.join("\n", lines));
    }

    private void preprocess(String text) throws IOException {
        Files.writeString(folder.resolve("preprocess.yaml"), text);
    }

    @Test
    void imagesAreScaledAndNormalisedPerChannel() throws IOException {
        image("a.png", 2, 2, 0xff0000, 0x00ff00, 0x0000ff, 0x000000);
        manifest("path,label", "a.png,0");
        preprocess("{size: 2, mean: [0.5, 0, 0], std: [0.5, 1, 2]}");
        float[] values = AuditDataset.load(folder).inputs(0).values();
        assertThat(values).containsExactly(1, -1, -1, -1, 0, 1, 0, 0, 0, 0, 0.5f, 0);
    }

    @Test
    void resizingInterpolatesWithHalfPixelCentres() throws IOException {
        image("a.png", 2, 1, 0x000000, 0xffffff);
        manifest("path,label", "a.png,0");
        preprocess("{size: [1, 4], channels: 1}");
        // torch.nn.functional.interpolate([0, 1], size 4, bilinear, align_corners False)
        assertThat(AuditDataset.load(folder).inputs(0).values())
                .containsExactly(new float[] {0, 0.25f, 0.75f, 1}, within(1e-6f));
    }

    @Test
    void greyIsTheLumaOfColours() throws IOException {
        image("a.png", 1, 1, 0xff0000);
        manifest("path,label", "a.png,0");
        preprocess("{size: 1, channels: 1}");
        assertThat(AuditDataset.load(folder).inputs(0).values()[0])
                .isCloseTo(0.299f, within(1e-6f));
    }

    @Test
    void columnsBecomeSplitsBiasLabelsAndConcepts() throws IOException {
        image("train/a, b.png", 1, 1, 0x808080);
        image("c.jpg", 1, 1, 0x808080);
        manifest(
                "path,label,split,bias_label,concept_stamp,mask",
                "\"train/a, b.png\",1,train,0,1,",
                "c.jpg,0,2,1,0,c.jpg",
                "");
        preprocess("size: 1");
        AuditDataset data = AuditDataset.load(folder);
        assertThat(data.inputs(0, 1).shape()).containsExactly(2, 3, 1, 1);
        assertThat(data.labels()).containsExactly(1, 0);
        assertThat(data.rows(Split.TRAIN)).containsExactly(0);
        assertThat(data.rows(Split.TEST)).containsExactly(1);
        assertThat(data.biasLabels().orElseThrow()).containsExactly(0, 1);
        assertThat(data.concept(new ConceptId("stamp"))).containsExactly(1, 0);
    }

    @Test
    void allProblemsAreReportedAtOnce() throws IOException {
        Files.writeString(folder.resolve("broken.png"), "text");
        image("a.png", 1, 1, 0);
        manifest(
                "path,label,split,concept_stamp,colour",
                "broken.png,0,0,0,x",
                "../outside.png,0,0,0,x",
                "none.png,one,4,2,x",
                "a.png,0");
        preprocess("size: 1");
        assertThatThrownBy(() -> AuditDataset.load(folder))
                .hasMessageContaining("row 1: broken.png: neither PNG nor JPEG")
                .hasMessageContaining("row 2: ../outside.png (expected: a file in the data set")
                .hasMessageContaining("row 3: none.png (expected: a file in the data set")
                .hasMessageContaining("row 3: label: one (expected: a whole number)")
                .hasMessageContaining("split: 4 and 0 more wrong values (expected: 0 to 2)")
                .hasMessageContaining("concept_stamp: 2 and 0 more wrong values")
                .hasMessageContaining("column colour")
                .hasMessageContaining("manifest.csv line 5: 2 fields (expected: 5)");
    }

    @Test
    void preprocessingIsChecked() throws IOException {
        manifest("path,label", "a.png,0");
        assertThatThrownBy(() -> AuditDataset.load(folder))
                .hasMessageContaining("preprocess.yaml: missing");
        preprocess("{size: 0, channels: 2, mean: [x, 1, 2], std: -1, scale: 3}");
        assertThatThrownBy(() -> AuditDataset.load(folder))
                .hasMessageContaining("preprocess.yaml: size: 0")
                .hasMessageContaining("preprocess.yaml: channels: 2 (expected: 1 or 3)")
                .hasMessageContaining("preprocess.yaml: mean")
                .hasMessageContaining("preprocess.yaml: std: -1")
                .hasMessageContaining("preprocess.yaml: scale: unknown");
        preprocess("a: [");
        assertThatThrownBy(() -> AuditDataset.load(folder)).hasMessageContaining("YAML");
    }

    @Test
    void aManifestNeedsItsColumnsAndRows() throws IOException {
        manifest("file,class");
        preprocess("size: 1");
        assertThatThrownBy(() -> AuditDataset.load(folder))
                .hasMessageContaining("no column path")
                .hasMessageContaining("no column label")
                .hasMessageContaining("no rows");
    }
}
