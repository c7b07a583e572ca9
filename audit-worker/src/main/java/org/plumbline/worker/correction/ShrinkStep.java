package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.shrink.ShrinkReport;
import org.plumbline.core.shrink.Shrinker;
import org.plumbline.core.shrink.Shrinking;
import org.plumbline.worker.store.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The last step of a method that leaves zeros: takes the channels out that the result can do
 * without, or warns why it stays as it is. Where a concept is measured nothing goes, since its
 * direction has one entry for each channel of the layer.
 */
final class ShrinkStep {
    private static final int MOST_SAMPLES = 256;
    private static final String FILE = "shrink.json";

    private ShrinkStep() {}

    /**
     * Shrinks the archive a run has written, in its place.
     *
     * @param changed tensors that differ so far
     * @return tensors that differ now
     */
    static List<String> apply(CorrectionRun run, List<String> changed) {
        if (run.task().layer().isPresent() && run.task().concept().isPresent()) {
            run.warn("shrink: nothing was removed: a concept is measured on the model's channels");
            return changed;
        }
        Path archive = run.task().output();
        Shrinking shrinking = shrunk(run, archive);
        write(run, shrinking);
        if (!shrinking.isShrunk()) {
            run.warn("shrink: nothing was removed: " + shrinking.obstacle().orElse(""));
            return changed;
        }
        Set<String> all = new LinkedHashSet<>(changed);
        all.addAll(shrinking.changed());
        return new ArrayList<>(all);
    }

    private static Shrinking shrunk(CorrectionRun run, Path archive) {
        int[] rows = run.rows();
        int[] some = Arrays.copyOf(rows, Math.min(rows.length, MOST_SAMPLES));
        return new Shrinker(() -> run.task().data().inputs(some), run.task().workDirectory())
                .shrink(archive, archive);
    }

    private static void write(CorrectionRun run, Shrinking shrinking) {
        run.task()
                .reports()
                .ifPresent(
                        folder -> {
                            try {
                                Files.createDirectories(folder);
                                Json.mapper()
                                        .writerWithDefaultPrettyPrinter()
                                        .writeValue(
                                                folder.resolve(FILE).toFile(),
                                                ShrinkReport.of(shrinking));
                            } catch (IOException e) {
                                throw new AuditException(
                                        ErrorCode.RESOURCE_EXHAUSTED,
                                        folder + ": cannot be written: " + e,
                                        e);
                            }
                        });
    }
}
