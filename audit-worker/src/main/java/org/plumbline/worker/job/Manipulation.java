package org.plumbline.worker.job;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.fairwashing.Adversary;
import org.plumbline.worker.fairwashing.AttackOutcome;
import org.plumbline.worker.fairwashing.AttackSettings;
import org.plumbline.worker.fairwashing.StudentEvaluation.Form;
import org.plumbline.worker.fairwashing.StudentReport;
import org.plumbline.worker.store.Disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The stages of an attack for red teams: prepare, evaluate, train, evaluate, write. The archive it
 * leaves has no provenance, so no server that checks one takes it, and its state is none that is
 * delivered. Thread-safe, but a process should run one at a time.
 */
public final class Manipulation {
    private final RepairTools tools;

    /** Makes attacks with a worker's tools. */
    public Manipulation(RepairTools tools) {
        this.tools = tools;
    }

    /**
     * Runs all stages and writes the manipulated archive.
     *
     * @throws AuditException with one clear line; {@code CANCELLED} when the listener said so
     */
    JobState.Manipulated run(RepairTask task, RepairListener listener) {
        try {
            return stages(task, listener);
        } catch (IOException e) {
            throw Disk.failure("attack", e);
        }
    }

    private JobState.Manipulated stages(RepairTask task, RepairListener listener)
            throws IOException {
        Repair.enter("prepare", listener);
        tools.checker().check(task.archive());
        AttackRecipe recipe = AttackRecipe.of(task.recipe().parameters());
        AuditDataset data = AuditDataset.load(task.dataset());
        Adversary adversary = adversary(task, recipe, data); // refuses before work starts
        tools.prober()
                .probe(
                        task.archive(),
                        new Assessor.Setting(
                                data,
                                task.recipe(),
                                task.workDirectory(),
                                task.device(),
                                listener::cancelled));
        Measuring measuring = new Measuring(adversary, recipe.settings(), listener);

        Repair.enter("evaluate", listener);
        StudentReport teacher = measuring.of(task.archive(), Form.SERVED);

        Repair.enter("train", listener);
        Path student = task.workDirectory().resolve("student.pt");
        TrainingProgress progress = new TrainingProgress(listener, System::nanoTime);
        adversary.attack(recipe.settings(), student, task.checkpoints(), progress);

        Repair.enter("evaluate", listener);
        AttackOutcome outcome =
                new AttackOutcome(
                        adversary.uniformError(),
                        teacher,
                        measuring.of(student, Form.TRAINED),
                        measuring.of(student, Form.SERVED));

        Repair.enter("write", listener);
        Disk.move(student, task.output());
        Checkpoint checkpoint =
                new Checkpoint(Digest.of(task.output()).hex(), Files.size(task.output()));
        return new JobState.Manipulated(outcome, checkpoint, progress.warnings());
    }

    private static Adversary adversary(RepairTask task, AttackRecipe recipe, AuditDataset data) {
        return new Adversary(
                new Adversary.Ground(
                        task.archive(),
                        data,
                        recipe.target(),
                        recipe.neighbours(),
                        recipe.dimension(),
                        recipe.rows(),
                        task.workDirectory(),
                        task.device()));
    }

    /** Measurements that end with the job. Confined to one thread. */
    private record Measuring(
            Adversary adversary, AttackSettings settings, RepairListener listener) {
        StudentReport of(Path student, Form form) {
            return adversary.measure(student, settings, form, done -> requireWanted());
        }

        private void requireWanted() {
            if (listener.cancelled()) {
                throw new AuditException(ErrorCode.CANCELLED, "evaluate: cancelled by the caller");
            }
        }
    }
}
