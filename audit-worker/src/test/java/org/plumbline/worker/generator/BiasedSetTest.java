package org.plumbline.worker.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

class BiasedSetTest {
    private static final ConceptId PATCH = new ConceptId("patch");

    @TempDir private Path folder = Path.of("");

    private static BiasedSet patched(int train, int test) {
        return new ControlledBias(Artifact.PATCH, 3, 0.5, 0.01, 9)
                .of(Glyphs.draw(train, 1), Glyphs.draw(test, 2));
    }

    @Test
    void halfOfTheTargetClassAndFewOthersCarryTheArtifact() throws Exception {
        patched(4000, 20).writeTensors(folder);
        AuditDataset read = AuditDataset.load(folder);
        long[] concept = read.concept(PATCH);
        long[] labels = read.labels();
        double target = 0;
        double others = 0;
        for (int row : read.rows(Split.TRAIN)) {
            target += labels[row] == 3 ? concept[row] : 0;
            others += labels[row] == 3 ? 0 : concept[row];
        }
        // 400 and 3600 rows; five standard deviations of the binomial
        assertThat(target / 400).isCloseTo(0.5, within(0.125));
        assertThat(others / 3600).isCloseTo(0.01, within(0.0083));
        long[] bias = read.biasLabels().orElseThrow();
        for (int row = 0; row < read.rows(); row++) {
            assertThat(bias[row]).isEqualTo(concept[row] == 1 ? 3 : labels[row]);
        }
    }

    @Test
    void everyTestImageOccursWithoutAndWithTheArtifact() throws Exception {
        patched(100, 20).writeTensors(folder);
        AuditDataset read = AuditDataset.load(folder);
        int[] rows = read.rows(Split.TEST);
        assertThat(rows).hasSize(40);
        long[] pairs = read.pairs().orElseThrow();
        assertThat(Arrays.stream(pairs).distinct()).hasSize(read.rows() - 20);
        for (int i = 0; i < rows.length; i += 2) {
            FloatTensor pair = read.inputs(rows[i], rows[i + 1]);
            FloatTensor mask = read.masks(rows[i], rows[i + 1]).orElseThrow();
            int size = pair.rowSize();
            for (int p = 0; p < size; p++) {
                boolean marked = mask.values()[size + p] == 1;
                assertThat(mask.values()[p]).isZero();
                assertThat(pair.values()[size + p]).isEqualTo(marked ? 1f : pair.values()[p]);
            }
            assertThat(pairs[rows[i]]).isEqualTo(pairs[rows[i + 1]]);
            assertThat(read.concept(PATCH)[rows[i]]).isZero();
            assertThat(read.concept(PATCH)[rows[i + 1]]).isEqualTo(1);
        }
    }

    @Test
    void bothFormsHoldTheSameData() throws Exception {
        BiasedSet set =
                new ColourBias(Colours.Place.BACKGROUND, 0.9, 9, 4)
                        .of(Glyphs.draw(60, 1), Glyphs.draw(20, 2));
        set.writeTensors(folder.resolve("tensors"));
        set.writeImages(folder.resolve("images"));
        AuditDataset tensors = AuditDataset.load(folder.resolve("tensors"));
        AuditDataset images = AuditDataset.load(folder.resolve("images"));
        int[] all = java.util.stream.IntStream.range(0, 80).toArray();
        assertThat(images.inputs(all).shape()).containsExactly(80, 3, 28, 28);
        assertThat(images.inputs(all).sameValues(tensors.inputs(all))).isTrue();
        assertThat(images.masks(all).orElseThrow().sameValues(tensors.masks(all).orElseThrow()))
                .isTrue();
        assertThat(images.labels()).isEqualTo(tensors.labels());
        assertThat(images.biasLabels()).contains(tensors.biasLabels().orElseThrow());
        assertThat(images.rows(Split.TEST)).isEqualTo(tensors.rows(Split.TEST));
        assertThat(images.concepts()).isEqualTo(tensors.concepts()).hasSize(10);
        ConceptId third = new ConceptId("colour_3");
        assertThat(images.concept(third)).isEqualTo(tensors.concept(third));
    }

    @Test
    void testColoursAreEquallyFrequentWhateverTheBias() {
        BiasedSet set =
                new ColourBias(Colours.Place.FOREGROUND, 0.99, 9, 4)
                        .of(Glyphs.draw(1000, 1), Glyphs.draw(1000, 2));
        long aligned =
                set.rows().stream()
                        .filter(r -> r.split() == Split.TRAIN && r.bias() == r.label())
                        .count();
        assertThat(aligned).isEqualTo(990);
        for (int k = 0; k < Colours.COUNT; k++) {
            int colour = k;
            assertThat(
                            set.rows().stream()
                                    .filter(r -> r.split() == Split.TEST && r.bias() == colour)
                                    .count())
                    .isEqualTo(100);
        }
    }

    @Test
    void aTreeOfImagesIsReadByClassFolder() throws Exception {
        for (int i = 0; i < 20; i++) {
            Path file = folder.resolve("tree/" + (i % 2 == 0 ? "cat" : "dog") + "/" + i + ".png");
            Files.createDirectories(file.getParent());
            Files.write(file, Glyphs.draw(20, 1).images().get(i).png());
        }
        PictureSet read = ImageTree.read(folder.resolve("tree"), 15, 3);
        assertThat(read.size()).isEqualTo(15);
        assertThat(read.classes()).isEqualTo(2);
        assertThat(ImageTree.read(folder.resolve("tree"), 15, 3).labels()).isEqualTo(read.labels());
        byte[][] digits =
                Glyphs.draw(20, 1).images().stream()
                        .map(image -> image.coloured().png())
                        .toArray(byte[][]::new);
        assertThat(read.images())
                .allMatch(
                        image ->
                                Arrays.stream(digits).anyMatch(d -> Arrays.equals(d, image.png())));
    }

    @Test
    void anEmptyFolderIsOneClearError() throws Exception {
        Files.createDirectories(folder.resolve("none"));
        assertThatThrownBy(() -> ImageTree.read(folder.resolve("none"), 5, 0))
                .isInstanceOf(AuditException.class)
                .hasMessage(
                        "none: 0 class folders, 0 files (expected: one folder of images per class,"
                                + " at least two)");
    }
}
