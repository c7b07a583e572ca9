package org.plumbline.worker.fairwashing;

import ai.djl.Device;

import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.fairwashing.StudentEvaluation.Form;
import org.plumbline.worker.training.TrainingFolder;
import org.plumbline.worker.training.TrainingListener;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Attacks one teacher with one data set and target and measures students. Confined to one thread.
 */
public final class Adversary {
    private final Ground ground;
    private Optional<StudentEvaluation> evaluation = Optional.empty();

    /**
     * What attacks on a teacher share. Immutable.
     *
     * @param target {@code [h, w]}, sums to 1
     * @param neighbours rows that span a tangent space students are measured with
     * @param dimension its directions
     * @param rows most test rows to measure on, the first ones, at least 1; a data set without test
     *     rows is measured on its training rows
     * @param workDirectory existing folder for temporary files
     */
    public record Ground(
            Path teacher,
            AuditDataset data,
            FloatTensor target,
            int neighbours,
            int dimension,
            int rows,
            Path workDirectory,
            Device device) {
        /**
         * Checks the number of rows and that the target fits the inputs.
         *
         * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if it does not
         */
        public Ground {
            if (rows < 1) {
                throw new IllegalArgumentException("rows: " + rows + " (expected: at least 1)");
            }
            AttackTask.requireFit(target, data);
        }

        private int[] measured() {
            int[] test = data.rows(Split.TEST);
            int[] all = test.length == 0 ? data.rows(Split.TRAIN) : test;
            return Arrays.copyOf(all, Math.min(rows, all.length));
        }

        /** Rows without a test split are among those that their spaces are spanned by. */
        private TangentSettings tangent() {
            boolean apart = data.rows(Split.TEST).length > 0;
            return new TangentSettings(
                    neighbours, dimension, apart ? TangentMode.CENTRED : TangentMode.MEMBER);
        }

        private EvaluationTask evaluation() {
            return new EvaluationTask(
                    data,
                    measured(),
                    data.rows(Split.TRAIN),
                    target,
                    Optional.of(tangent()),
                    EvaluationTask.BATCH,
                    workDirectory,
                    device);
        }
    }

    /** Takes a ground, which it borrows. */
    public Adversary(Ground ground) {
        this.ground = ground;
    }

    /**
     * Writes a student.
     *
     * @param checkpoints where training goes on from and saves to; empty: neither
     * @throws org.plumbline.core.error.AuditException as {@link Attack#run}
     */
    public void attack(
            AttackSettings settings,
            Path student,
            Optional<TrainingFolder> checkpoints,
            TrainingListener listener) {
        Attack.run(
                new AttackTask(
                        ground.teacher(),
                        ground.data(),
                        ground.target(),
                        settings,
                        student,
                        ground.workDirectory(),
                        ground.device(),
                        checkpoints),
                listener);
    }

    /**
     * Returns what a student, or the teacher itself, achieves.
     *
     * @param settings how it was attacked: method and its parameters
     * @param progress takes the number of batches done, of {@link #batches}; 0 while the teacher is
     *     asked
     */
    public StudentReport measure(
            Path student, AttackSettings settings, Form form, LongConsumer progress) {
        if (evaluation.isEmpty()) {
            evaluation = Optional.of(new StudentEvaluation(ground.evaluation(), ground.teacher()));
        }
        return evaluation.get().measure(student, settings, form, progress);
    }

    /** Returns the batches of a measurement. */
    public int batches() {
        return ground.evaluation().batches();
    }

    /** Returns {@link EvaluationTask#uniformError}. */
    public double uniformError() {
        return ground.evaluation().uniformError();
    }
}
