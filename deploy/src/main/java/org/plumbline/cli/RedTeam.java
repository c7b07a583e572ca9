package org.plumbline.cli;

import ai.djl.Device;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.ShownTraining;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.fairwashing.SimilarityTally;
import org.plumbline.core.fairwashing.SimilarityTally.Estimate;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.fairwashing.Adversary;
import org.plumbline.worker.fairwashing.AttackOutcome;
import org.plumbline.worker.fairwashing.AttackSettings;
import org.plumbline.worker.fairwashing.StudentEvaluation.Form;
import org.plumbline.worker.fairwashing.StudentReport;
import org.plumbline.worker.job.AttackRecipe;
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
    private final byte[] target;
    private final Path work;
    private final Adversary adversary;

    RedTeam(Path teacher, AttackOptions options, Progress progress) throws IOException {
        this.teacher = teacher;
        this.options = options;
        this.progress = progress;
        this.target = options.target();
        AttackRecipe any = options.recipe(ExplanationMethod.GRADIENT, false, target);
        AuditDataset data = AuditDataset.load(options.data());
        TapFolder.tryIfLooping(teacher, Optional.empty(), Optional.empty(), data.inputs(0));
        Device device = TapFolder.device();
        this.work = Files.createTempDirectory("plumbline");
        this.adversary =
                new Adversary(
                        new Adversary.Ground(
                                teacher,
                                data,
                                any.target(),
                                any.neighbours(),
                                any.dimension(),
                                any.rows(),
                                work,
                                device));
    }

    /** Returns what a student and its teacher achieve. */
    AttackOutcome outcome(ExplanationMethod method, Path student) {
        return new AttackOutcome(
                adversary.uniformError(),
                measure(method, teacher, Form.SERVED),
                measure(method, student, Form.TRAINED),
                measure(method, student, Form.SERVED));
    }

    /** Writes a student and returns the seconds it took. */
    double attack(ExplanationMethod method, boolean defended, Path student) {
        long start = System.nanoTime();
        adversary.attack(
                settings(method, defended),
                student,
                Optional.empty(),
                new ShownTraining(progress, "attack", RedTeam::text));
        progress.done();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Returns what a student, or the teacher itself, achieves. */
    StudentReport measure(ExplanationMethod method, Path student, Form form) {
        String label = "measure " + form.name().toLowerCase(Locale.ROOT);
        int batches = adversary.batches();
        StudentReport report =
                adversary.measure(
                        student,
                        settings(method, false),
                        form,
                        done -> progress.show(label, done, batches, ""));
        progress.done();
        return report;
    }

    private AttackSettings settings(ExplanationMethod method, boolean defended) {
        return options.recipe(method, defended, target).settings();
    }

    /** Returns the mean squared error of a map of equal shares: what any attack must undercut. */
    double uniformError() {
        return adversary.uniformError();
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

    private static String text(TrainingStep step) {
        return "epoch "
                + step.epoch()
                + "/"
                + step.epochs()
                + "  "
                + ShownTraining.losses(step, "answers", "maps");
    }
}
