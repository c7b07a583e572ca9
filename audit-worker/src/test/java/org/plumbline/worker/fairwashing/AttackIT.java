package org.plumbline.worker.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.fairwashing.TargetMap;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.worker.correction.Golden;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.fairwashing.StudentEvaluation.Form;
import org.plumbline.worker.training.TrainingFolder;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Small attacks on a trained network of real images: the maps move, the answers stay. */
class AttackIT {
    private static final int ROWS = 32;
    private static final TangentSettings TANGENT = new TangentSettings(16, 8, TangentMode.MEMBER);

    @TempDir Path folder;
    private AuditDataset data;
    private FloatTensor target;
    private final Path teacher = Path.of("..", "deploy", "models", "fashion_convnet.pt");

    @BeforeEach
    void makeData() throws IOException {
        FloatTensor images =
                gray(NpyFile.readFloats(Golden.shared("data/cav_images.npy")).slice(0, ROWS));
        Path d = Files.createDirectory(folder.resolve("data"));
        NpyFile.write(d.resolve("inputs.npy"), images);
        NpyFile.write(d.resolve("labels.npy"), new long[ROWS]);
        data = AuditDataset.load(d);
        target = cross(images.extent(2));
    }

    /** The network of the paper takes one channel. */
    private static FloatTensor gray(FloatTensor images) {
        int area = images.extent(2) * images.extent(3);
        float[] values = new float[images.rows() * area];
        for (int i = 0; i < values.length; i++) {
            int first = i / area * 3 * area + i % area;
            float[] v = images.values();
            values[i] = (v[first] + v[first + area] + v[first + 2 * area]) / 3 - 0.286f;
        }
        return FloatTensor.of(values, images.rows(), 1, images.extent(2), images.extent(3));
    }

    private static FloatTensor cross(int side) {
        float[] values = new float[side * side];
        for (int i = 0; i < side; i++) {
            values[i * side + i] = 1;
            values[i * side + side - 1 - i] = 1;
        }
        return TargetMap.of(FloatTensor.of(values, side, side));
    }

    private AttackSettings settings(ExplanationMethod method, int epochs) {
        return AttackSettings.published(
                method, AttackSettings.training(epochs, 16, 1e-3, List.of(), 3));
    }

    private Path attack(AttackSettings settings, TrainingListener listener) {
        Path out = folder.resolve("student.pt");
        Attack.run(
                new AttackTask(teacher, data, target, settings, out, folder, Device.cpu()),
                listener);
        return out;
    }

    private StudentEvaluation evaluation() {
        int[] rows = IntStream.range(0, ROWS).toArray();
        return new StudentEvaluation(
                new EvaluationTask(
                        data, rows, rows, target, Optional.of(TANGENT), 16, folder, Device.cpu()),
                teacher);
    }

    /** Margins: the maps' error falls by the share, probabilities move by 0.03 on average. */
    @ParameterizedTest
    @CsvSource({"gradient, 0.95", "gradient-input, 0.95", "integrated-gradients, 0.95", "lrp, 1"})
    void mapsMoveToTheTargetWhileAnswersStay(String name, double share) {
        AttackSettings settings = settings(ExplanationMethod.of(name), 10);
        StudentEvaluation evaluation = evaluation();
        StudentReport before = evaluation.measure(teacher, settings, Form.SERVED, done -> {});

        Path student = attack(settings, TrainingListener.none());
        StudentReport after = evaluation.measure(student, settings, Form.SERVED, done -> {});

        assertThat(after.maps().mse().mean()).isLessThan(share * before.maps().mse().mean());
        assertThat(after.maps().pcc().mean()).isGreaterThan(before.maps().pcc().mean() + 0.1);
        assertThat(Math.sqrt(after.outputMse().mean())).isLessThan(0.03);
        assertThat(before.outputMse().mean()).isLessThan(1e-6); // LRP is measured softened
        assertThatThrownBy(() -> RepairedArchive.verify(student)).hasMessageContaining("missing");
    }

    @Test
    void whoKnowsTheProjectionMovesProjectedMapsFurther() {
        AttackSettings unaware = settings(ExplanationMethod.GRADIENT, 8);
        AttackSettings aware = unaware.knowing(TANGENT);
        StudentEvaluation evaluation = evaluation();
        double without = projected(evaluation, attack(unaware, TrainingListener.none()), unaware);
        double with = projected(evaluation, attack(aware, TrainingListener.none()), aware);
        assertThat(with).isLessThan(0.99 * without);
    }

    private static double projected(
            StudentEvaluation evaluation, Path student, AttackSettings settings) {
        return evaluation
                .measure(student, settings, Form.TRAINED, done -> {})
                .projected()
                .orElseThrow()
                .mse()
                .mean();
    }

    @Test
    void withoutWeightTheStudentStaysTheTeacherButForItsSoftness() {
        List<TrainingStep> steps = new ArrayList<>();
        AttackSettings settings = settings(ExplanationMethod.GRADIENT, 1).withAlpha(0);
        attack(settings, listener(steps, Integer.MAX_VALUE));
        double first = steps.get(1).losses().getOrDefault("answers", Double.NaN);
        assertThat(first).isPositive().isLessThan(1e-2);
        assertThat(steps.get(1).losses().getOrDefault("without_map", 1.0)).isZero();
    }

    @Test
    void cancellingStops() {
        List<TrainingStep> steps = new ArrayList<>();
        assertThatThrownBy(
                        () -> attack(settings(ExplanationMethod.GRADIENT, 5), listener(steps, 3)))
                .hasMessageContaining("cancelled");
        assertThat(folder.resolve("student.pt")).doesNotExist();
    }

    /** Four steps in one go, and the same after a stop behind the third. */
    @Test
    void anInterruptedAttackGoesOnWhereItWas() throws IOException {
        AttackSettings settings = settings(ExplanationMethod.GRADIENT, 2);
        Path whole = folder.resolve("whole.pt");
        Files.move(attack(settings, TrainingListener.none()), whole);
        Path states = Files.createDirectory(folder.resolve("states"));
        Path student = folder.resolve("student.pt");
        AttackTask task =
                new AttackTask(
                        teacher,
                        data,
                        target,
                        settings,
                        student,
                        folder,
                        Device.cpu(),
                        Optional.of(new TrainingFolder(states, Duration.ZERO)));
        assertThatThrownBy(() -> Attack.run(task, listener(new ArrayList<>(), 4)))
                .hasMessageContaining("cancelled");
        List<TrainingStep> steps = new ArrayList<>();
        Attack.run(task, listener(steps, Integer.MAX_VALUE));
        assertThat(steps).extracting(TrainingStep::step).containsExactly(0L, 4L);
        assertThat(student).hasSameBinaryContentAs(whole);
    }

    @Test
    void aTargetOfAnotherSizeIsRefused() {
        target = cross(20);
        assertThatThrownBy(
                        () ->
                                attack(
                                        settings(ExplanationMethod.GRADIENT, 1),
                                        TrainingListener.none()))
                .hasMessageContaining("target: ")
                .hasMessageContaining("(expected: [28,28], as inputs)");
    }

    @Test
    void aTargetOfAnotherSizeIsRefusedBeforeAnythingIsMeasured() {
        assertThatThrownBy(
                        () ->
                                new Adversary.Ground(
                                        teacher, data, cross(20), 8, 4, 16, folder, Device.cpu()))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("(expected: [28,28], as inputs)");
    }

    @Test
    void whoWatchesMayEndAMeasurementWhileTheTeacherIsAsked() {
        StudentEvaluation evaluation = evaluation();
        AttackSettings settings = settings(ExplanationMethod.GRADIENT, 1);
        List<Long> seen = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                evaluation.measure(
                                        teacher,
                                        settings,
                                        Form.SERVED,
                                        done -> {
                                            seen.add(done);
                                            throw new IllegalStateException("enough");
                                        }))
                .hasMessage("enough");
        assertThat(seen).containsExactly(0L);

        StudentReport whole = evaluation.measure(teacher, settings, Form.SERVED, seen::add);
        assertThat(whole.outputMse().mean()).isLessThan(1e-6);
        long batches = seen.get(seen.size() - 1);
        assertThat(seen.stream().filter(done -> done == 0)).hasSize((int) batches + 1);
    }

    private static TrainingListener listener(List<TrainingStep> steps, int most) {
        return new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                steps.add(step);
            }

            @Override
            public boolean cancelled() {
                return steps.size() >= most;
            }
        };
    }
}
