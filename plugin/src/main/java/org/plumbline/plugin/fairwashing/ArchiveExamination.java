package org.plumbline.plugin.fairwashing;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.fairwashing.Examination;
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
 * One archive explaining a window, a step at a time: loaded, asked for the classes of the clean
 * inputs, then input by input. Owns the loaded model; confined to one thread.
 */
final class ArchiveExamination implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveExamination.class);
    private static final int CLEAN_ROWS = 32;
    private static final long SEED = 1; // as fairwash calibrate draws its regions

    private final Path archive;
    private final WatchedModel watched;
    private final Laboratory laboratory;
    private final Set<ExplanationMethod> methods;
    private final long[] classes;
    private final List<Examination> parts = new ArrayList<>();
    private int classified;
    private @Nullable Path work;
    private @Nullable ExplainableModel model;
    private @Nullable Examiner examiner;

    ArchiveExamination(
            Path archive,
            WatchedModel watched,
            Laboratory laboratory,
            Set<ExplanationMethod> methods) {
        this.archive = archive;
        this.watched = watched;
        this.laboratory = laboratory;
        this.methods = EnumSet.copyOf(methods);
        classes = new long[laboratory.clean().rows()];
    }

    /**
     * Loads the archive and returns its digest.
     *
     * @throws AuditException naming the file, if it cannot be explained so
     */
    Digest load() {
        try {
            return loaded();
        } catch (AuditException e) {
            throw new AuditException(e.code(), archive.getFileName() + ": " + e.getMessage(), e);
        }
    }

    private Digest loaded() {
        watched.requireEnding(archive);
        Path folder = watched.workFolder();
        work = folder;
        Set<ExplanationMethod> loaded = EnumSet.of(ExplanationMethod.GRADIENT);
        loaded.addAll(methods);
        ExplainSpec spec =
                ExplainSpec.of(folder, watched.device(), loaded.toArray(ExplanationMethod[]::new));
        ExplainableModel fresh =
                ExplainableModel.load(archive, Examiner.spec(spec, laboratory.clean()));
        model = fresh;
        return fresh.digest();
    }

    /** Takes the next step of a loaded archive; false if none is left. */
    boolean step() {
        ExplainableModel loaded = model;
        if (loaded == null || done()) {
            return false;
        }
        if (classified < classes.length) {
            classify(loaded);
        } else {
            explain(loaded);
        }
        return true;
    }

    private void classify(ExplainableModel loaded) {
        int to = Math.min(classes.length, classified + CLEAN_ROWS);
        FloatTensor logits = loaded.logits(laboratory.clean().slice(classified, to));
        for (int i = 0; i < logits.rows(); i++) {
            classes[classified + i] = logits.largest(i);
        }
        classified = to;
    }

    private void explain(ExplainableModel loaded) {
        Examiner known = examiner;
        if (known == null) {
            NeighbourFill fill = new NeighbourFill(laboratory.clean(), classes);
            known = Examiner.of(loaded, methods, fill, SEED);
            examiner = known;
        }
        int row = parts.size();
        FloatTensor input = laboratory.inputs().slice(row, row + 1);
        parts.add(known.examine(input, row, laboratory.bases(row)));
    }

    /** Returns how many inputs have been explained. */
    int explained() {
        return parts.size();
    }

    boolean done() {
        return parts.size() == laboratory.inputs().rows();
    }

    /** Returns all that was found, once no step is left. */
    Examination result() {
        return Examination.joined(parts);
    }

    /** Frees the model; what was found stays. */
    @Override
    public void close() {
        ExplainableModel loaded = model;
        Path folder = work;
        examiner = null;
        model = null;
        work = null;
        try {
            if (loaded != null) {
                loaded.close();
            }
        } finally {
            if (folder != null) {
                sweep(folder);
            }
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
