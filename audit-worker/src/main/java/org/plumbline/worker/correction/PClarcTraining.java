package org.plumbline.worker.correction;

import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Projection;
import org.plumbline.core.instrument.Projector;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Fine-tunes if asked, then writes the projection into the code. */
final class PClarcTraining {
    private PClarcTraining() {}

    /** Returns the names of the tensors that changed: none without fine-tuning. */
    static List<String> run(CorrectionRun run, PClarc clarc) {
        LayerPath probe = run.required(run.task().layer(), "layer");
        if (clarc.training().loop().length().epochs() == 0) {
            project(run, clarc, probe, run.task().archive(), run.archive());
            return List.of();
        }
        Path tuned = run.task().workDirectory().resolve("tuned-" + UUID.randomUUID() + ".pt");
        CorrectionRun first = run.writing(tuned);
        try {
            List<String> changed =
                    PlainTraining.run(first, Start.deployed(Scope.HEAD), clarc.classWeights());
            try (Archive archive = Archive.open(tuned)) {
                project(run, clarc, probe, tuned, archive);
            }
            Files.deleteIfExists(tuned);
            return changed;
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, tuned + ": " + e, e);
        }
    }

    /** Fits the concept to what the archive predicts, and projects it out. */
    private static void project(
            CorrectionRun run, PClarc clarc, LayerPath probe, Path file, Archive archive) {
        ConceptFitter.Fitted fitted = run.fitted(probe, file, clarc.cav(), clarc.pooling());
        Projection projection =
                Projection.of(
                        fitted.cav().direction(),
                        fitted.meanLengths().clean(),
                        clarc.pooling() == Pooling.MAX);
        Projector.project(archive, probe, projection, run.task().output());
    }
}
