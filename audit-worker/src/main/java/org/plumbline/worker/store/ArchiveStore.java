package org.plumbline.worker.store;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.config.Limits;

import java.nio.file.Path;

/** The archives a worker holds, each checked before anyone may use it. Thread-safe. */
public final class ArchiveStore {
    private final BlobStore blobs;
    private final ArchiveChecker checker;

    /** Refuses archives that are corrupt, hostile or not TorchScript. */
    @FunctionalInterface
    public interface ArchiveChecker {
        /**
         * Reads the file without running anything in it.
         *
         * @throws AuditException {@code BAD_ARCHIVE} with the reason
         */
        void check(Path archive);

        /**
         * Checks, without running anything, that a layer can be tapped.
         *
         * @throws AuditException {@code LAYER_NOT_TAPPABLE} with the reason and near matches
         */
        default void checkLayer(Path archive, LayerPath layer) {}
    }

    /** Makes a store over a folder. */
    public ArchiveStore(Path folder, Limits limits, ArchiveChecker checker) {
        this.blobs = new BlobStore(folder, limits);
        this.checker = checker;
    }

    /** Returns where uploads go. */
    public BlobStore blobs() {
        return blobs;
    }

    /**
     * Finishes an upload: an archive that fails the check is never found and removed.
     *
     * @throws AuditException {@code BAD_ARCHIVE} with the reason
     */
    public void accept(Upload upload) {
        upload.finish(checker::check);
    }

    /**
     * Checks that a layer of an archive can be tapped.
     *
     * @throws AuditException {@code NOT_FOUND} or {@code LAYER_NOT_TAPPABLE}
     */
    public void checkLayer(Digest digest, LayerPath layer) {
        checker.checkLayer(archive(digest), layer);
    }

    /**
     * Returns an archive.
     *
     * @throws AuditException {@code NOT_FOUND} if it was not uploaded
     */
    public Path archive(Digest digest) {
        return blobs.find(digest)
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.NOT_FOUND,
                                        "archive_sha256",
                                        digest,
                                        "an uploaded archive"));
    }
}
