package org.plumbline.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;

import java.nio.file.Path;

class BiasedDataTest {
    private static final ConceptId CONCEPT = new ConceptId(BiasedData.CONCEPT);

    @TempDir private Path folder = Path.of("");

    private BiasedData data() throws Exception {
        IdxFiles.write(folder, 4000, 20);
        return BiasedData.of(
                FashionMnist.read(folder, "train", 4000), FashionMnist.read(folder, "t10k", 20));
    }

    @Test
    void halfOfTheTargetClassAndFewOthersCarryTheArtifact() throws Exception {
        BiasedData data = data();
        data.write(folder.resolve("data"));
        AuditDataset read = AuditDataset.load(folder.resolve("data"));
        long[] concept = read.concept(CONCEPT);
        long[] labels = read.labels();
        double target = 0;
        double others = 0;
        for (int row : read.rows(Split.TRAIN)) {
            target += labels[row] == BiasedData.TARGET ? concept[row] : 0;
            others += labels[row] == BiasedData.TARGET ? 0 : concept[row];
        }
        // 400 and 3600 rows; five standard deviations of the binomial
        assertThat(target / 400).isCloseTo(BiasedData.TARGET_SHARE, within(0.125));
        assertThat(others / 3600).isBetween(0.0001, 0.006);
        assertThat(data.markedTrainingRows()).isEqualTo((long) (target + others));
    }

    @Test
    void everyTestImageOccursWithoutAndWithTheArtifact() throws Exception {
        data().write(folder.resolve("data"));
        AuditDataset read = AuditDataset.load(folder.resolve("data"));
        int[] rows = read.rows(Split.TEST);
        assertThat(rows).hasSize(40);
        FloatTensor pair = read.inputs(rows[0], rows[1]);
        FloatTensor mask =
                NpyFile.readFloats(folder.resolve("data/mask.npy")).rows(rows[0], rows[1]);
        int size = GrayImage.PIXELS;
        for (int p = 0; p < size; p++) {
            boolean marked = mask.values()[size + p] == 1;
            assertThat(mask.values()[p]).isZero();
            assertThat(pair.values()[size + p]).isEqualTo(marked ? 1f : pair.values()[p]);
        }
        assertThat(read.concept(CONCEPT)[rows[0]]).isZero();
        assertThat(read.concept(CONCEPT)[rows[1]]).isEqualTo(1);
    }

    @Test
    void examplesAreOfTheTargetClassAndAsAskedFor() throws Exception {
        BiasedData data = data();
        assertThat(data.examples(true, 50))
                .hasSize(50)
                .allMatch(image -> image.level(20, 16) == 255);
        assertThat(data.examples(false, 50)).hasSize(50).allMatch(i -> i.level(20, 16) < 255);
    }
}
