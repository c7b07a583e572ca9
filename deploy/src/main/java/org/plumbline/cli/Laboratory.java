package org.plumbline.cli;

import org.plumbline.cli.terminal.ExplainFolder;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.ExaminationListener;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.fairwashing.ExaminationPlan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Examines archives by one plan. Borrows its arrays; confined to one thread. */
public record Laboratory(ExaminationPlan plan) {
    /**
     * Reads what an examination needs.
     *
     * @param clean clean inputs; empty: the inputs themselves
     * @param tangent bases at the inputs; empty: found among the clean inputs
     * @param wanted methods; empty: all
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if files do not fit
     */
    static Laboratory read(
            Path inputs, Optional<Path> clean, Optional<Path> tangent, List<String> wanted) {
        FloatTensor images = InputArray.read(inputs);
        FloatTensor pool = clean.map(InputArray::read).orElse(images);
        Set<ExplanationMethod> methods = methods(wanted);
        if (tangent.isPresent()) {
            TangentBases bases = TangentBases.read(tangent.orElseThrow(), images);
            return new Laboratory(ExaminationPlan.of(images, pool, bases, methods));
        }
        return new Laboratory(ExaminationPlan.of(images, pool, clean.isEmpty(), methods));
    }

    /** Returns the methods of labels. */
    static Set<ExplanationMethod> methods(List<String> labels) {
        Set<ExplanationMethod> methods = EnumSet.noneOf(ExplanationMethod.class);
        labels.forEach(label -> methods.add(ExplanationMethod.of(label)));
        return methods;
    }

    /** Returns the inputs, {@code [n, c, h, w]}. */
    public FloatTensor inputs() {
        return plan.inputs();
    }

    /** Returns the clean inputs, {@code [m, c, h, w]}. */
    public FloatTensor clean() {
        return plan.clean();
    }

    /**
     * Examines an archive.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE}, or why it cannot be
     *     explained so
     */
    public Examination examine(Path archive) throws IOException {
        try (ExplainFolder folder = ExplainFolder.open(archive, inputs(), plan::spec)) {
            return plan.examine(folder.model(), ExaminationListener.none());
        }
    }

    /** Examines an archive that others are compared with. */
    ReferenceVersion reference(Path archive) throws IOException {
        return new ReferenceVersion(Digest.of(archive), examine(archive));
    }

    /** Returns an archive's logits for the clean inputs, {@code [m, classes]}. */
    public FloatTensor answers(Path archive) throws IOException {
        try (ExplainFolder folder = ExplainFolder.open(archive, clean(), plan::spec)) {
            return folder.model().logits(clean());
        }
    }
}
