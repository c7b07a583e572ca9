package org.plumbline.core.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.nio.file.Path;

/** Provenance of a repaired archive: entry {@code extra/plumbline.json} inside it. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class RepairedArchive {
    private RepairedArchive() {}

    /**
     * Writes {@code candidate} with a manifest to {@code out}; adds field {@code entries}, the
     * digest of every other entry. {@code out} appears only when complete.
     */
    public static void seal(Path candidate, ObjectNode manifest, Path out) {
        throw new UnsupportedOperationException(candidate + " " + manifest + " " + out);
    }

    /**
     * Checks every entry against the manifest.
     *
     * @return the manifest
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} if there is no manifest
     *     or an entry differs, is missing or was added
     */
    public static JsonNode verify(Path archive) {
        throw new UnsupportedOperationException(archive.toString());
    }
}
