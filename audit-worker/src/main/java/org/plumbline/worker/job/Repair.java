package org.plumbline.worker.job;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.correction.Correction;
import org.plumbline.worker.correction.CorrectionTask;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.evaluation.Assessment;
import org.plumbline.worker.evaluation.ConceptProbe;
import org.plumbline.worker.evaluation.PairedComparison;
import org.plumbline.worker.gate.Gate;
import org.plumbline.worker.gate.GateDecision;
import org.plumbline.worker.store.Disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The stages of a repair in their order: prepare, evaluate, train, evaluate, gate, seal.
 * Thread-safe, but a process should run one at a time.
 */
public final class Repair {
    private final RepairTools tools;
    private final GateBounds bounds;

    /** Makes a repair that gates by some bounds. */
    public Repair(RepairTools tools, GateBounds bounds) {
        this.tools = tools;
        this.bounds = bounds;
    }

    /**
     * Runs all stages and writes the sealed archive, whatever the gate says.
     *
     * @throws AuditException with one clear line; {@code CANCELLED} when the listener said so
     */
    public RepairOutcome run(RepairTask task, RepairListener listener) {
        try {
            return stages(task, listener);
        } catch (IOException e) {
            throw Disk.failure("repair", e);
        }
    }

    private RepairOutcome stages(RepairTask task, RepairListener listener) throws IOException {
        enter("prepare", listener);
        RepairRecipe recipe = task.recipe();
        tools.checker().check(task.archive());
        Correction correction = Correction.of(recipe.method(), recipe.parameters());
        AuditDataset data = load(task);
        Assessor.Setting setting =
                new Assessor.Setting(
                        data, recipe, task.workDirectory(), task.device(), listener::cancelled);

        tools.prober().probe(task.archive(), setting);

        enter("evaluate", listener);
        Optional<ConceptProbe> probe = tools.assessor().probe(task.archive(), setting);
        Assessment before = tools.assessor().assess(task.archive(), probe, setting);
        listener.onBefore(before.report());

        enter("train", listener);
        Path candidate = task.workDirectory().resolve("candidate.pt");
        TrainingProgress progress = new TrainingProgress(listener, System::nanoTime);
        List<String> changed =
                tools.trainer().run(correctionTask(task, data, correction, candidate), progress);

        enter("evaluate", listener);
        Assessment after = tools.assessor().assess(candidate, probe, setting);
        Optional<PairedComparison> paired = PairedComparison.of(before, after);
        GateDecision gate = new Gate(bounds).decide(before.report(), after.report(), paired);

        enter("write", listener);
        ProvenanceManifest manifest =
                new ProvenanceManifest(
                        Digest.of(task.archive()),
                        data.digest(),
                        recipe,
                        correction,
                        changed,
                        progress.findings(),
                        new ProvenanceManifest.Measured(before.report(), after.report(), gate),
                        tools.versions().get());
        tools.sealer().seal(candidate, manifest.json(), task.output());
        Checkpoint checkpoint =
                new Checkpoint(Digest.of(task.output()).hex(), Files.size(task.output()));
        return new RepairOutcome(
                before.report(), after.report(), gate, checkpoint, paired, progress.warnings());
    }

    private static CorrectionTask correctionTask(
            RepairTask task, AuditDataset data, Correction correction, Path candidate) {
        RepairRecipe recipe = task.recipe();
        return new CorrectionTask(
                task.archive(),
                data,
                recipe.layer(),
                recipe.concept(),
                recipe.targetClass(),
                correction,
                candidate,
                task.workDirectory(),
                task.device(),
                task.reports(),
                task.checkpoints());
    }

    private static AuditDataset load(RepairTask task) {
        AuditDataset data = AuditDataset.load(task.dataset());
        if (data.rows(Split.TRAIN).length == 0 || data.rows(Split.TEST).length == 0) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "split",
                    data.rows(Split.TRAIN).length
                            + " training and "
                            + data.rows(Split.TEST).length
                            + " test rows",
                    "both, so that repairing and measuring use different rows");
        }
        task.recipe().concept().ifPresent(data::concept);
        int target = task.recipe().targetClass().orElse(0);
        if (target < 0 || target >= data.classes()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "target_class",
                    target,
                    "0 to " + (data.classes() - 1));
        }
        return data;
    }

    /** Tells a listener of a phase, unless it has had enough. */
    static void enter(String phase, RepairListener listener) {
        if (listener.cancelled()) {
            throw new AuditException(ErrorCode.CANCELLED, phase + ": cancelled by the caller");
        }
        listener.onProgress(RepairProgress.phase(phase));
    }
}
