package org.plumbline.plugin.fairwashing;

import ai.djl.Device;

import org.plumbline.plugin.intercept.ServedSlot;

import java.nio.file.Path;
import java.util.Optional;

/** What a watch has to know of a model. Thread-safe. */
public interface WatchedModel {
    /** Returns where what serves is looked up. */
    ServedSlot slot();

    /** Returns the file of what serves. */
    Path archive();

    /** Returns the file of the version that a delivered one took the place of. */
    Optional<Path> replaced();

    /**
     * Returns once an archive may run in this process.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} if it may not
     */
    void requireEnding(Path archive);

    /** Returns a fresh folder for an instrumented copy. */
    Path workFolder();

    /** Returns where results are kept. */
    Path results();

    /** Returns where the model runs. */
    Device device();
}
