package org.plumbline.worker;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.job.Assessor;
import org.plumbline.worker.job.RepairRecipe;
import org.plumbline.worker.job.RepairTools;
import org.plumbline.worker.store.Disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** One evaluation in this process. Thread-safe. */
public final class LocalEvaluation {
    private LocalEvaluation() {}

    /**
     * Measures an archive on the test rows of a data set, or on all rows if it has no splits. With
     * layer and concept the CAV is fitted on the training rows and the archive itself.
     *
     * @throws org.plumbline.core.error.AuditException with one clear line
     */
    public static EvaluationReport run(
            Path archive,
            Path dataset,
            Optional<LayerPath> layer,
            Optional<ConceptId> concept,
            OptionalInt targetClass,
            DeviceChoice device) {
        RepairTools tools = EngineTools.local();
        tools.checker().check(archive);
        AuditDataset data = AuditDataset.load(dataset);
        RepairRecipe recipe = RepairRecipe.of("evaluate", Map.of(), layer, concept, targetClass);
        Path work = workFolder();
        try {
            Assessor.Setting setting =
                    new Assessor.Setting(data, recipe, work, device.device(), () -> false);
            tools.prober().probe(archive, setting);
            return tools.assessor()
                    .assess(archive, tools.assessor().probe(archive, setting), setting)
                    .report();
        } finally {
            remove(work);
        }
    }

    private static Path workFolder() {
        try {
            return Files.createTempDirectory("plumbline-evaluate-");
        } catch (IOException e) {
            throw Disk.failure("work", e);
        }
    }

    private static void remove(Path work) {
        try {
            Disk.delete(work);
        } catch (IOException e) {
            throw Disk.failure("work", e);
        }
    }
}
