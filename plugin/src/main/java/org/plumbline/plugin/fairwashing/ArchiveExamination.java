package org.plumbline.plugin.fairwashing;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.ExaminationStandard;
import org.plumbline.core.fairwashing.Examiner;
import org.plumbline.core.fairwashing.NeighbourFill;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One archive explaining a window, a step at a time: asked for the classes of the clean inputs,
 * then input by input. Owns the loaded model; confined to one thread.
 */
final class ArchiveExamination implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveExamination.class);
    private static final int CLEAN_ROWS = 32;

    private final Laboratory laboratory;
    private final Set<ExplanationMethod> methods;
    private final Path work;
    private final ExplainableModel model;
    private final Digest digest;
    private final long[] classes;
    private final List<Examination> parts = new ArrayList<>();
    private int classified;
    private @Nullable Examiner examiner;
    private boolean closed;

    private ArchiveExamination(
            Laboratory laboratory,
            Set<ExplanationMethod> methods,
            Path work,
            ExplainableModel model) {
        this.laboratory = laboratory;
        this.methods = EnumSet.copyOf(methods);
        this.work = work;
        this.model = model;
        digest = model.digest();
        classes = new long[laboratory.clean().rows()];
    }

    /**
     * Loads an archive.
     *
     * @throws AuditException naming the file, if it cannot be explained so
     */
    static ArchiveExamination load(
            Path archive,
            WatchedModel watched,
            Laboratory laboratory,
            Set<ExplanationMethod> methods) {
        try {
            watched.requireEnding(archive);
            Path work = watched.workFolder();
            ExplainSpec spec =
                    ExplainSpec.of(work, watched.device(), ExaminationStandard.loaded(methods));
            try {
                ExplainableModel model =
                        ExplainableModel.load(archive, Examiner.spec(spec, laboratory.clean()));
                return new ArchiveExamination(laboratory, methods, work, model);
            } catch (RuntimeException | Error e) {
                sweep(work);
                throw e;
            }
        } catch (AuditException e) {
            throw new AuditException(e.code(), archive.getFileName() + ": " + e.getMessage(), e);
        }
    }

    /** Returns the digest of the archive. */
    Digest digest() {
        return digest;
    }

    /** Takes the next step; false if none is left. */
    boolean step() {
        if (closed || explained() == laboratory.inputs().rows()) {
            return false;
        }
        if (classified < classes.length) {
            classify();
        } else {
            explain();
        }
        return true;
    }

    private void classify() {
        int to = Math.min(classes.length, classified + CLEAN_ROWS);
        FloatTensor logits = model.logits(laboratory.clean().slice(classified, to));
        for (int i = 0; i < logits.rows(); i++) {
            classes[classified + i] = logits.largest(i);
        }
        classified = to;
    }

    private void explain() {
        Examiner known = examiner;
        if (known == null) {
            NeighbourFill fill = new NeighbourFill(laboratory.clean(), classes);
            known = Examiner.of(model, methods, fill, ExaminationStandard.SEED);
            examiner = known;
        }
        int row = explained();
        FloatTensor input = laboratory.inputs().slice(row, row + 1);
        parts.add(known.examine(input, row, laboratory.bases(row)));
    }

    /** Returns how many inputs have been explained. */
    int explained() {
        return parts.size();
    }

    /** Returns all that was found, once no step is left. */
    Examination result() {
        return Examination.joined(parts);
    }

    /** Frees the model; what was found stays. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        examiner = null;
        try {
            model.close();
        } finally {
            sweep(work);
        }
    }

    private static void sweep(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.debug("{}: stays behind: {}", folder, e.toString());
        }
    }
}
