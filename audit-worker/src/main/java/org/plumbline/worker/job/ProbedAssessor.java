package org.plumbline.worker.job;

import org.plumbline.worker.correction.ConceptFitter;
import org.plumbline.worker.evaluation.Assessment;
import org.plumbline.worker.evaluation.ConceptProbe;

import java.nio.file.Path;
import java.util.Optional;

/** Tries every archive before it is measured. Thread-safe. */
public record ProbedAssessor(Assessor assessor, ArchiveProber prober) implements Assessor {
    @Override
    public Optional<ConceptProbe> probe(Path archive, Setting setting) {
        prober.probe(archive, setting);
        return assessor.probe(archive, setting);
    }

    @Override
    public ConceptFitter.Fitted fit(Path archive, Setting setting) {
        prober.probe(archive, setting);
        return assessor.fit(archive, setting);
    }

    @Override
    public Assessment assess(Path archive, Optional<ConceptProbe> probe, Setting setting) {
        prober.probe(archive, setting);
        return assessor.assess(archive, probe, setting);
    }
}
