package org.plumbline.cli;

import ai.djl.Device;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.fairwashing.SimilarityTally;
import org.plumbline.core.fairwashing.SimilarityTally.Estimate;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.fairwashing.Attack;
import org.plumbline.worker.fairwashing.AttackTask;
import org.plumbline.worker.fairwashing.EvaluationTask;
import org.plumbline.worker.fairwashing.StudentEvaluation;
import org.plumbline.worker.fairwashing.StudentEvaluation.Form;
import org.plumbline.worker.fairwashing.StudentReport;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Attacks on one teacher with one data set and target, and what they achieve. Confined to one
 * thread; owns a temporary folder.
 */
final class RedTeam implements AutoCloseable {
    private final Path teacher;
    private final AttackOptions options;
    private final Progress progress;
    private final AuditDataset data;
    private final FloatTensor target;
    private final Path work;
    private final Device device;
    private Optional<StudentEvaluation> evaluation = Optional.empty();

    RedTeam(Path teacher, AttackOptions options, Progress progress) throws IOException {
        this.teacher = teacher;
        this.options = options;
        this.progress = progress;
        this.data = AuditDataset.load(options.data());
        this.target = options.target();
        TapFolder.tryIfLooping(teacher, Optional.empty(), Optional.empty(), data.inputs(0));
        this.device = TapFolder.device();
        this.work = Files.createTempDirectory("plumbline");
    }

    /** Writes a student and returns the seconds it took. */
    double attack(ExplanationMethod method, boolean defended, Path student) {
        long start = System.nanoTime();
        AttackTask task =
                new AttackTask(
                        teacher,
                        data,
                        target,
                        options.settings(method, defended),
                        student,
                        work,
                        device);
        Attack.run(task, new Listener(progress));
        progress.done();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Returns what a student, or the teacher itself, achieves. */
    StudentReport measure(ExplanationMethod method, Path student, Form form) {
        if (evaluation.isEmpty()) {
            evaluation = Optional.of(new StudentEvaluation(task(), teacher));
        }
        String label = "measure " + form.name().toLowerCase(Locale.ROOT);
        int batches = (test().length + EvaluationTask.BATCH - 1) / EvaluationTask.BATCH;
        StudentReport report =
                evaluation
                        .get()
                        .measure(
                                student,
                                options.settings(method, false),
                                form,
                                done -> progress.show(label, done, batches, ""));
        progress.done();
        return report;
    }

    private EvaluationTask task() {
        return new EvaluationTask(
                data,
                test(),
                data.rows(Split.TRAIN),
                target,
                Optional.of(options.tangent(tangentMode())),
                EvaluationTask.BATCH,
                work,
                device);
    }

    private int[] test() {
        int[] test = data.rows(Split.TEST);
        return options.measured(test.length == 0 ? data.rows(Split.TRAIN) : test);
    }

    /** Rows without a test split are among those that their spaces are spanned by. */
    private TangentMode tangentMode() {
        return data.rows(Split.TEST).length == 0 ? TangentMode.MEMBER : TangentMode.CENTRED;
    }

    /** Returns the mean squared error of a map of equal shares: what any attack must undercut. */
    double uniformError() {
        double share = 1.0 / target.values().length;
        double sum = 0;
        for (float value : target.values()) {
            sum += (value - share) * (value - share);
        }
        return sum / target.values().length;
    }

    /** Puts accuracies and errors of a student. */
    static void describe(StudentReport report, ObjectNode node) {
        node.put("accuracy", report.accuracy().mean())
                .put("teacher_accuracy", report.teacherAccuracy().mean())
                .put("output_mse", report.outputMse().mean());
        describe(report.maps(), node.putObject("raw"));
        report.projected().ifPresent(maps -> describe(maps, node.putObject("projected")));
    }

    private static void describe(SimilarityTally.Summary maps, ObjectNode node) {
        put(node, "mse", maps.mse());
        put(node, "pcc", maps.pcc());
        put(node, "ssim", maps.ssim());
        maps.ssimBatchPlane().ifPresent(plane -> put(node, "ssim_batch_plane", plane));
        node.put("without_map", maps.empty());
    }

    private static void put(ObjectNode node, String name, Estimate estimate) {
        node.put(name, estimate.mean()).put(name + "_error", estimate.error());
    }

    /** Returns an empty node, for results. */
    static ObjectNode node() {
        return Output.object();
    }

    @Override
    public void close() {
        TapFolder.delete(work);
    }

    private record Listener(Progress progress) implements TrainingListener {
        @Override
        public void onStep(TrainingStep step) {
            String losses =
                    String.format(
                            Locale.ROOT,
                            "epoch %d/%d  answers %.3g  maps %.3g",
                            step.epoch(),
                            step.epochs(),
                            step.losses().getOrDefault("answers", 0.0),
                            step.losses().getOrDefault("maps", 0.0));
            progress.show("attack", step.step(), step.steps(), losses);
        }

        @Override
        public boolean cancelled() {
            return Thread.currentThread().isInterrupted();
        }
    }
}
