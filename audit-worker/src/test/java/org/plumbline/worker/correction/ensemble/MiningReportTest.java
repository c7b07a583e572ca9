package org.plumbline.worker.correction.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.tensor.NpzFile;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.imageio.ImageIO;

/** Six rows, of which rows 1 to 5 are trained on; two detectors, both must agree. */
class MiningReportTest {
    private static final int[] ROWS = {1, 2, 3, 4, 5};

    /** Samples 1 and 4 are flagged, the former by both detectors. */
    private static final Votes VOTES =
            new Votes(
                    FloatTensor.of(
                            new float[] {
                                0.95f, 0.1f, 0.96f, 0.97f, 0.99f,
                                0.95f, 0.2f, 0.99f, 0.97f, 0.3f
                            },
                            2,
                            5),
                    0.9,
                    2);

    @TempDir Path folder;

    private AuditDataset data(boolean biasLabels) throws IOException {
        Path d = Files.createDirectories(folder.resolve("data" + biasLabels));
        float[] values = new float[6 * 3 * 4 * 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        NpyFile.write(d.resolve("inputs.npy"), FloatTensor.of(values, 6, 3, 4, 4));
        NpyFile.write(d.resolve("labels.npy"), new long[] {0, 0, 0, 1, 1, 1});
        if (biasLabels) {
            // row 2 (sample 1) truly conflicts and is flagged; row 5 (sample 4) does not; row 3
            // (sample 2) conflicts and is missed
            NpyFile.write(d.resolve("bias_labels.npy"), new long[] {0, 0, 1, 0, 1, 1});
        }
        return AuditDataset.load(d);
    }

    @Test
    void samplesAreListedTheMostConflictingFirst() throws IOException {
        Path out = folder.resolve("report");
        new MiningReport(new TrainingRows(data(true), ROWS), VOTES).write(out);

        List<String> lines = Files.readAllLines(out.resolve("mining.csv"));
        assertThat(lines.get(0))
                .isEqualTo("row,label,votes,score,conflicting,bias_label,truly_conflicting");
        assertThat(lines.get(1)).isEqualTo("2,0,0,0.850000,1,1,1");
        assertThat(lines.get(2)).isEqualTo("5,1,1,0.355000,1,1,0");
        assertThat(lines).hasSize(6);
        assertThat(ImageIO.read(out.resolve("mining.png").toFile()).getWidth()).isGreaterThan(84);
    }

    @Test
    void precisionAndRecallFollowFromBiasLabels() throws IOException {
        Path out = folder.resolve("report");
        MiningReport report = new MiningReport(new TrainingRows(data(true), ROWS), VOTES);
        report.write(out);

        MiningQuality quality = report.quality().orElseThrow();
        assertThat(quality).isEqualTo(new MiningQuality(2, 2, 1));
        JsonNode json = new ObjectMapper().readTree(out.resolve("mining.json").toFile());
        assertThat(json.path("aligned").asInt()).isEqualTo(3);
        assertThat(json.path("conflicting_by_class").path("1").asInt()).isEqualTo(1);
        assertThat(json.path("truth").path("precision").asDouble()).isCloseTo(0.5, within(1e-12));
        assertThat(json.path("truth").path("recall").asDouble()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void theConceptHasAnUnflaggedSampleOfTheSameClassForEachFlaggedOne() throws IOException {
        Path out = folder.resolve("report");
        AuditDataset data = data(false);
        MiningReport report = new MiningReport(new TrainingRows(data, ROWS), VOTES);
        report.write(out);

        assertThat(report.quality()).isEmpty();
        Path concept = out.resolve("concept.npz");
        FloatTensor positives = NpzFile.readFloats(concept, "positives", 1 << 20);
        FloatTensor negatives = NpzFile.readFloats(concept, "negatives", 1 << 20);
        assertThat(positives.sameValues(data.inputs(2, 5))).isTrue();
        FloatTensor array = NpyFile.readFloats(out.resolve("concept").resolve("positives.npy"));
        assertThat(array.sameValues(positives)).isTrue();
        // of class 0 only row 1 is left; of class 1 the surest is row 3
        assertThat(negatives.sameValues(data.inputs(1, 3))).isTrue();
    }

    @Test
    void nothingFlaggedLeavesNoPictures() throws IOException {
        Path out = folder.resolve("report");
        new MiningReport(
                        new TrainingRows(data(false), ROWS), new Votes(VOTES.probabilities(), 0, 1))
                .write(out);

        assertThat(out.resolve("mining.csv")).exists();
        assertThat(out.resolve("mining.png")).doesNotExist();
        assertThat(out.resolve("concept.npz")).doesNotExist();
        MiningQuality none = new MiningQuality(0, 0, 0);
        assertThat(none.precision()).isEmpty();
        assertThat(none.recall()).isEmpty();
    }

    @Test
    void listenersHearWhatIsKnown() throws IOException {
        List<TrainingStep> heard = new ArrayList<>();
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void onStep(TrainingStep step) {
                        heard.add(step);
                    }

                    @Override
                    public boolean cancelled() {
                        return false;
                    }
                };
        new MiningReport(new TrainingRows(data(true), ROWS), VOTES).tell(listener);
        new MiningReport(new TrainingRows(data(false), ROWS), VOTES).tell(listener);
        assertThat(heard).extracting(TrainingStep::phase).containsOnly("mined");
        assertThat(heard)
                .extracting(TrainingStep::losses)
                .containsExactly(
                        Map.of("flagged", 2.0, "precision", 0.5, "recall", 0.5),
                        Map.of("flagged", 2.0));
    }
}
