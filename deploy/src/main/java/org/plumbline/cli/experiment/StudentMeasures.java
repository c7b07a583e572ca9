package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.fairwashing.AttackSettings;
import org.plumbline.worker.fairwashing.EvaluationTask;
import org.plumbline.worker.fairwashing.StudentEvaluation;
import org.plumbline.worker.fairwashing.StudentEvaluation.Form;
import org.plumbline.worker.fairwashing.StudentReport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Measures what became of a model that a member was made from: its answers and, where it was
 * attacked, how near its maps are to the target. Confined to one thread; owns a temporary folder.
 */
final class StudentMeasures implements AutoCloseable {
    private static final int ATTACKED_ROWS = 1000;

    private final AuditDataset data;
    private final Progress progress;
    private final Path work;

    StudentMeasures(PopulationData data, Progress progress) throws IOException {
        this.data = data.dataset();
        this.progress = progress;
        this.work = Files.createTempDirectory("plumbline");
    }

    /** Puts accuracies in percent, and for an attack the errors of the maps it was made for. */
    void measure(Member member, Path parent, Path archive, ObjectNode to) {
        if (member instanceof Member.Attacked attacked) {
            attacked(attacked, parent, archive, to);
            return;
        }
        int[] test = data.rows(Split.TEST);
        StudentEvaluation evaluation =
                new StudentEvaluation(
                        task(test, TargetPicture.CROSS.map(height(), width()), false), parent);
        answers(evaluation.measure(archive, gradient(), Form.SERVED, done -> {}), to);
    }

    private void attacked(Member.Attacked member, Path teacher, Path student, ObjectNode to) {
        FloatTensor target = member.target().map(height(), width());
        int[] test = data.rows(Split.TEST);
        int[] rows = Arrays.copyOf(test, Math.min(ATTACKED_ROWS, test.length));
        EvaluationTask task = task(rows, target, member.defended());
        StudentEvaluation evaluation = new StudentEvaluation(task, teacher);
        AttackSettings settings = PopulationAttack.settings(member);
        StudentReport after =
                evaluation.measure(
                        student,
                        settings,
                        Form.SERVED,
                        done -> progress.show("measure", done, task.batches(), ""));
        progress.done();
        answers(after, to);
        to.put("map_error", error(after, member.defended()))
                .put(
                        "map_error_teacher",
                        error(
                                evaluation.measure(teacher, settings, Form.SERVED, done -> {}),
                                member.defended()))
                .put("map_error_uniform", task.uniformError());
    }

    private static void answers(StudentReport report, ObjectNode to) {
        to.put("accuracy", report.accuracy().mean())
                .put("accuracy_parent", report.teacherAccuracy().mean())
                .put("output_mse", report.outputMse().mean());
    }

    private static double error(StudentReport report, boolean projected) {
        return projected
                ? report.projected().orElseThrow().mse().mean()
                : report.maps().mse().mean();
    }

    private static AttackSettings gradient() {
        return AttackSettings.published(
                ExplanationMethod.GRADIENT, AttackSettings.annealed(1, 1, 0, 0));
    }

    private EvaluationTask task(int[] rows, FloatTensor target, boolean projected) {
        return new EvaluationTask(
                data,
                rows,
                data.rows(Split.TRAIN),
                target,
                projected
                        ? Optional.of(
                                new TangentSettings(
                                        AttackSettings.TANGENT.neighbours(),
                                        AttackSettings.TANGENT.dimension(),
                                        TangentMode.CENTRED))
                        : Optional.empty(),
                EvaluationTask.BATCH,
                work,
                DeviceChoice.AUTO.device());
    }

    private int height() {
        return data.inputs(0).extent(2);
    }

    private int width() {
        return data.inputs(0).extent(3);
    }

    @Override
    public void close() {
        TapFolder.delete(work);
    }
}
