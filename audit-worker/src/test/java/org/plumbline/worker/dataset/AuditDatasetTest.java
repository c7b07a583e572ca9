package org.plumbline.worker.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.SmallData;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class AuditDatasetTest {
    private static final ConceptId STAMP = new ConceptId("stamp");

    @TempDir private Path folder;

    @BeforeEach
    void write() throws IOException {
        SmallData.tensors(folder);
    }

    @Test
    void everythingInTheFolderIsRead() throws IOException {
        NpyFile.write(folder.resolve("bias_labels.npy"), new long[] {0, 1, 0, 1, 0, 1, 0, 1});
        NpyFile.write(folder.resolve("mask.npy"), FloatTensor.zeros(8, 2, 2));
        AuditDataset data = AuditDataset.load(folder);
        assertThat(data.rows()).isEqualTo(8);
        assertThat(data.classes()).isEqualTo(3);
        assertThat(data.labels()).containsExactly(0, 1, 2, 0, 0, 1, 2, 1);
        assertThat(data.rows(Split.TRAIN)).containsExactly(0, 1, 2, 3);
        assertThat(data.rows(Split.VALIDATION)).isEmpty();
        assertThat(data.rows(Split.TEST)).containsExactly(4, 5, 6, 7);
        assertThat(data.concepts()).containsExactly(STAMP);
        assertThat(data.concept(STAMP)).containsExactly(1, 0, 1, 0, 1, 0, 1, 0);
        assertThat(data.biasLabels().orElseThrow()).hasSize(8);
        FloatTensor picked = data.inputs(2, 0);
        assertThat(picked.shape()).containsExactly(2, 1, 2, 2);
        assertThat(picked.values()).startsWith(1f).endsWith(3 / 8f);
    }

    @Test
    void withoutSplitsAllRowsTrain() throws IOException {
        Files.delete(folder.resolve("split.npy"));
        AuditDataset data = AuditDataset.load(folder);
        assertThat(data.rows(Split.TRAIN)).hasSize(8);
        assertThat(data.rows(Split.TEST)).isEmpty();
        assertThat(data.biasLabels()).isEmpty();
    }

    @Test
    void whatIsHandedOutCannotChangeIt() {
        AuditDataset data = AuditDataset.load(folder);
        data.labels()[0] = 9;
        data.concept(STAMP)[0] = 9;
        data.inputs(0).values()[0] = 9;
        assertThat(data.labels()[0]).isZero();
        assertThat(data.concept(STAMP)[0]).isEqualTo(1);
        assertThat(data.inputs(0).values()[0]).isZero();
    }

    @Test
    void theDigestCoversEveryFileAndDependsOnNothingElse() throws IOException {
        Digest before = AuditDataset.load(folder).digest();
        assertThat(AuditDataset.load(folder).digest()).isEqualTo(before);
        Path copy = SmallData.tensors(folder.resolve("copy/of/it"));
        assertThat(AuditDataset.load(copy).digest()).isEqualTo(before);
        Files.writeString(copy.resolve("readme.txt"), "more");
        assertThat(AuditDataset.load(copy).digest()).isNotEqualTo(before);
    }

    @Test
    void allProblemsAreReportedAtOnce() throws IOException {
        float[] values = new float[8 * 4];
        values[5] = Float.NaN;
        NpyFile.write(folder.resolve("inputs.npy"), FloatTensor.of(values, 8, 1, 2, 2));
        NpyFile.write(folder.resolve("labels.npy"), new long[] {0, 1, -2, 0});
        NpyFile.write(folder.resolve("split.npy"), new long[] {0, 3, 0, 0, 0, 0, 0, 0});
        NpyFile.write(folder.resolve("concept_stamp.npy"), new long[] {0, 2, 0, 0, 0, 0, 0, 0});
        NpyFile.write(folder.resolve("concept_A B.npy"), new long[] {0});
        NpyFile.write(folder.resolve("mask.npy"), FloatTensor.zeros(8, 2));
        Files.writeString(folder.resolve("bias_labels.npy"), "text");
        Files.writeString(folder.resolve("extra.npy"), "text");
        assertThatThrownBy(() -> AuditDataset.load(folder))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_DATA))
                .hasMessageContaining("inputs.npy: NaN in row 1 (expected: finite values)")
                .hasMessageContaining("labels: 4 rows (expected: 8, as many as inputs)")
                .hasMessageContaining("labels: -2 and 0 more wrong values")
                .hasMessageContaining("split: 3 and 0 more wrong values (expected: 0 to 2)")
                .hasMessageContaining("concept_stamp: 2 and 0 more wrong values (expected: 0 to 1)")
                .hasMessageContaining("concept_A B.npy: concept: A B")
                .hasMessageContaining("mask.npy: [8, 2] (expected: [n, h, w] of inputs)")
                .hasMessageContaining("bias_labels.npy: no NumPy header")
                .hasMessageContaining("extra.npy: unknown file");
    }

    @Test
    void wrongShapesAndMissingFilesAreNamed() throws IOException {
        NpyFile.write(folder.resolve("inputs.npy"), FloatTensor.zeros(8, 4));
        Files.delete(folder.resolve("labels.npy"));
        assertThatThrownBy(() -> AuditDataset.load(folder))
                .hasMessageContaining("inputs.npy: [8, 4] (expected: [n, c, h, w], none of them 0)")
                .hasMessageContaining("labels.npy: missing (expected: a .npy array)");
    }

    @Test
    void aFolderHoldsExactlyOneForm() throws IOException {
        Files.writeString(folder.resolve("manifest.csv"), "path,label\n");
        assertThatThrownBy(() -> AuditDataset.load(folder))
                .hasMessageContaining("more than one form");
        assertThatThrownBy(() -> AuditDataset.load(folder.resolve("none")))
                .hasMessageContaining("a folder with either inputs.npy or manifest.csv");
    }

    @Test
    void anUnknownConceptNamesTheKnownOnes() {
        AuditDataset data = AuditDataset.load(folder);
        assertThatThrownBy(() -> data.concept(new ConceptId("colour")))
                .hasMessage("concept: colour (expected: one of [stamp])");
    }
}
