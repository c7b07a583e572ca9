package org.plumbline.worker.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.cav.Cav;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.SensitivityMap;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.AuditDataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** The model under test has one input value {@code x} per sample; see {@link Linear}. */
class EvaluatorTest {
    private static final ConceptId STAMP = new ConceptId("stamp");
    private static final int ROWS = 300;

    @TempDir private Path folder;

    private final float[] inputs = new float[ROWS];
    private final long[] labels = new long[ROWS];
    private final long[] concept = new long[ROWS];
    private final long[] split = new long[ROWS];

    @BeforeEach
    void fill() {
        for (int i = 0; i < ROWS; i++) {
            inputs[i] = (i * 37 % 101) / 50f - 1;
            labels[i] = i % 2;
            concept[i] = i % 3 == 0 ? 1 : 0;
            split[i] = i % 5 == 0 ? 0 : 2;
        }
    }

    private AuditDataset data(boolean withSplit) throws IOException {
        NpyFile.write(folder.resolve("inputs.npy"), FloatTensor.of(inputs, ROWS, 1, 1, 1));
        NpyFile.write(folder.resolve("labels.npy"), labels);
        NpyFile.write(folder.resolve("concept_stamp.npy"), concept);
        NpyFile.write(folder.resolve("bias_labels.npy"), concept);
        if (withSplit) {
            NpyFile.write(folder.resolve("split.npy"), split);
        }
        return AuditDataset.load(folder);
    }

    private static ConceptProbe probe(OptionalInt target) {
        DenseVector direction = DenseVector.copyOf(0.6f, 0.8f);
        return new ConceptProbe(
                new Cav(STAMP, new LayerPath("layer"), direction),
                target,
                Pooling.MAX,
                Optional.empty());
    }

    @Test
    void onlyTestRowsCountAndAgreeWithALoopOverPlainArrays() throws IOException {
        EvaluationReport report =
                new Evaluator(new Linear(), data(true), () -> false)
                        .accuracies(Optional.of(STAMP))
                        .report();
        int[] right = new int[2];
        int[] count = new int[2];
        for (int i = 0; i < ROWS; i++) {
            if (split[i] == 2) {
                int predicted = inputs[i] > 0 ? 1 : 0;
                right[(int) concept[i]] += predicted == labels[i] ? 1 : 0;
                count[(int) concept[i]]++;
            }
        }
        assertThat(report.samples()).isEqualTo(count[0] + count[1]);
        assertThat(report.accuracy())
                .isEqualTo((double) (right[0] + right[1]) / (count[0] + count[1]));
        assertThat(report.cleanAccuracy()).hasValue((double) right[0] / count[0]);
        assertThat(report.biasedAccuracy()).hasValue((double) right[1] / count[1]);
        assertThat(report.groups()).hasSize(4);
        assertThat(report.alignedAccuracy()).isPresent();
        assertThat(report.tcav()).isEmpty();
    }

    @Test
    void withoutSplitsAllRowsAreMeasured() throws IOException {
        EvaluationReport report =
                new Evaluator(new Linear(), data(false), () -> false)
                        .accuracies(Optional.empty())
                        .report();
        assertThat(report.samples()).isEqualTo(ROWS);
        assertThat(report.cleanAccuracy()).isEmpty();
        assertThat(report.groups()).as("by bias label").hasSize(4);
    }

    @Test
    void sensitivitiesComeFromConceptRowsAndTheTargetClass() throws IOException {
        Linear model = new Linear();
        EvaluationReport report =
                new Evaluator(model, data(true), () -> false)
                        .evaluate(probe(OptionalInt.of(1)))
                        .report();
        int positive = 0;
        int negative = 0;
        double sum = 0;
        for (int i = 0; i < ROWS; i++) {
            if (split[i] == 2 && concept[i] == 1) {
                double s = 0.6f * inputs[i] + 0.8f * -1; // gradient [x, -1] for class 1
                sum += Math.abs(s);
                positive += s > 0 ? 1 : 0;
                negative += s < 0 ? 1 : 0;
            }
        }
        assertThat(model.targets).containsOnlyKeys(1);
        assertThat(report.tcav().orElseThrow().sensitivity())
                .isCloseTo(sum / (positive + negative), within(1e-6)); // float32 gradients
        assertThat(report.tcav().orElseThrow().meanQuotient())
                .isEqualTo((double) positive / (positive + negative));
    }

    @Test
    void withoutATargetClassEveryRowsLabelIsUsed() throws IOException {
        Linear model = new Linear();
        new Evaluator(model, data(true), () -> false).evaluate(probe(OptionalInt.empty()));
        assertThat(model.targets).containsOnlyKeys(0, 1);
        assertThat(model.largestBatch).isLessThanOrEqualTo(64);
    }

    @Test
    void withoutConceptRowsThereIsNoTcav() throws IOException {
        java.util.Arrays.fill(concept, 0);
        EvaluationReport report =
                new Evaluator(new Linear(), data(true), () -> false)
                        .evaluate(probe(OptionalInt.empty()))
                        .report();
        assertThat(report.tcav()).isEmpty();
        assertThat(report.biasedAccuracy()).isEmpty();
    }

    @Test
    void aCancelledCallStopsBeforeTheNextBatch() throws IOException {
        Evaluator evaluator = new Evaluator(new Linear(), data(true), () -> true);
        assertThatThrownBy(() -> evaluator.accuracies(Optional.empty()))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    @Test
    void labelsTheModelDoesNotKnowAreBadData() throws IOException {
        labels[0] = 2;
        Evaluator evaluator = new Evaluator(new Linear(), data(true), () -> false);
        assertThatThrownBy(() -> evaluator.accuracies(Optional.empty()))
                .hasMessage("labels: up to 2 (expected: below 2, the model's classes)");
    }

    @Test
    void everyEstimateLiesInsideItsIntervalAndAgreesWithTheReport() throws IOException {
        EvaluationReport report =
                new Evaluator(new Linear(), data(true), () -> false)
                        .evaluate(probe(OptionalInt.of(1)))
                        .report();
        assertThat(report.estimates().stream().map(Estimate::metric))
                .containsExactly(
                        "accuracy",
                        "macro_f1",
                        "clean_accuracy",
                        "clean_macro_f1",
                        "attacked_accuracy",
                        "attacked_macro_f1",
                        "worst_group_accuracy",
                        "aligned_accuracy",
                        "conflicting_accuracy",
                        "worst_bias_group_accuracy",
                        "tcav_score",
                        "tcav_location_score",
                        "sensitivity",
                        "cav_auc",
                        "cav_separability");
        assertThat(report.estimates())
                .allSatisfy(e -> assertThat(e.value()).isBetween(e.lower(), e.upper()));
        assertThat(value(report, "accuracy")).isEqualTo(report.accuracy());
        assertThat(value(report, "clean_accuracy")).isEqualTo(report.cleanAccuracy().orElseThrow());
        assertThat(value(report, "aligned_accuracy"))
                .isCloseTo(report.alignedAccuracy().orElseThrow(), within(1e-12));
        assertThat(value(report, "conflicting_accuracy"))
                .isCloseTo(report.conflictingAccuracy().orElseThrow(), within(1e-12));
        assertThat(value(report, "tcav_score"))
                .isEqualTo(report.tcav().orElseThrow().meanQuotient());
        assertThat(value(report, "sensitivity"))
                .isCloseTo(report.tcav().orElseThrow().sensitivity(), within(1e-12));
        assertThat(report.notes())
                .containsExactly("artifact_relevance: left out: the data set has no mask");
    }

    /** The activation is (-x, x), so a pair's difference is along (-1, 1) or against it. */
    @Test
    void pairsTellHowTheCavLiesToWhatTheConceptDoes() throws IOException {
        long[] pairs = new long[ROWS];
        for (int i = 0; i < ROWS; i++) {
            pairs[i] = i % 3 == 1 ? i - 1 : i;
        }
        NpyFile.write(folder.resolve("pair.npy"), pairs);
        EvaluationReport report =
                new Evaluator(new Linear(), data(true), () -> false)
                        .evaluate(probe(OptionalInt.of(1)))
                        .report();
        int along = 0;
        int against = 0;
        double sum = 0;
        for (int i = 0; i < ROWS; i += 3) {
            if (split[i] == 2 && split[i + 1] == 2) {
                along += inputs[i] > inputs[i + 1] ? 1 : 0;
                against += inputs[i] < inputs[i + 1] ? 1 : 0;
                sum += inputs[i] - inputs[i + 1];
            }
        }
        double cosine = (0.8 - 0.6) / Math.sqrt(2);
        Estimate alignment = report.estimate("cav_alignment").orElseThrow();
        assertThat(alignment.samples()).isEqualTo(along + against);
        assertThat(alignment.value()) // 1e-6: rounding of float32, and 1e-7 added to the norm
                .isCloseTo(cosine * (along - against) / (along + against), within(1e-6));
        assertThat(alignment.value()).isBetween(alignment.lower(), alignment.upper());
        assertThat(value(report, "cav_alignment_of_mean"))
                .isCloseTo(Math.signum(sum) * cosine, within(1e-5));
    }

    private static double value(EvaluationReport report, String metric) {
        return report.estimate(metric).orElseThrow().value();
    }

    @Test
    void aModelComparedWithItselfHasNotChanged() throws IOException {
        Assessment same =
                new Evaluator(new Linear(), data(true), () -> false)
                        .evaluate(probe(OptionalInt.of(1)));
        PairedComparison paired = PairedComparison.of(same, same).orElseThrow();
        assertThat(paired.accuracies().values())
                .hasSize(5)
                .allSatisfy(
                        change -> {
                            assertThat(change.worse() + change.better()).isZero();
                            assertThat(change.probability()).isEqualTo(1);
                        });
        assertThat(paired.clean().orElseThrow().samples())
                .isEqualTo(same.report().samples() - paired.attacked().orElseThrow().samples());
        assertThat(paired.sensitivity()).hasValue(new PairedComparison.Shift(0, 0, 0));
        assertThat(PairedComparison.of(same, Assessment.of(same.report()))).isEmpty();
    }

    /** Logits {@code [-x, x]}; gradient of class 0 {@code [1, 1]}, of class 1 {@code [x, -1]}. */
    private static final class Linear implements ModelUnderTest {
        private final TreeMap<Integer, Integer> targets = new TreeMap<>();
        private int largestBatch;

        @Override
        public Observation observe(FloatTensor inputs) {
            largestBatch = Math.max(largestBatch, inputs.rows());
            float[] logits = new float[inputs.rows() * 2];
            for (int i = 0; i < inputs.rows(); i++) {
                logits[2 * i] = -inputs.values()[i];
                logits[2 * i + 1] = inputs.values()[i];
            }
            return new Observation(
                    FloatTensor.of(logits, inputs.rows(), 2),
                    Optional.of(FloatTensor.of(logits.clone(), inputs.rows(), 2)));
        }

        @Override
        public FloatTensor sensitivity(FloatTensor inputs, int target, DenseVector cav) {
            largestBatch = Math.max(largestBatch, inputs.rows());
            targets.merge(target, inputs.rows(), Integer::sum);
            float[] gradient = new float[inputs.rows() * 2];
            for (int i = 0; i < inputs.rows(); i++) {
                gradient[2 * i] = target == 0 ? 1 : inputs.values()[i];
                gradient[2 * i + 1] = target == 0 ? 1 : -1;
            }
            return SensitivityMap.of(FloatTensor.of(gradient, inputs.rows(), 2), cav);
        }

        @Override
        public FloatTensor relevance(FloatTensor inputs, long[] targets) {
            float[] maps = new float[inputs.rows()];
            java.util.Arrays.fill(maps, 1);
            return FloatTensor.of(maps, inputs.rows(), 1, 1);
        }

        @Override
        public void close() {}
    }
}
