package org.plumbline.worker.store;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.config.Limits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Files named by their own SHA-256, filled by uploads. Thread-safe. */
public final class BlobStore {
    private final Path folder;
    private final Limits limits;
    private final Set<Digest> writing = ConcurrentHashMap.newKeySet();

    /** Makes a store over a folder, made if missing; partial files in it are kept. */
    public BlobStore(Path folder, Limits limits) {
        this.folder = Disk.folder(folder);
        this.limits = limits;
    }

    /** Returns the blob, if it is complete. */
    public Optional<Path> find(Digest digest) {
        return Optional.of(path(digest)).filter(Files::isRegularFile);
    }

    /** Returns the bytes of an unfinished upload on disk, 0 if there is none. */
    public long received(Digest digest) {
        try {
            Path partial = partial(digest);
            return Files.exists(partial) ? Files.size(partial) : 0;
        } catch (IOException e) {
            throw Disk.failure("upload", e);
        }
    }

    /**
     * Opens an upload.
     *
     * @param offset where the next chunk belongs, at most the bytes received before
     * @throws AuditException {@code INVALID_ARGUMENT} for a wrong size or offset, {@code
     *     FAILED_PRECONDITION} while another call uploads the same content, {@code
     *     RESOURCE_EXHAUSTED} for what limits or disk do not hold
     */
    public Upload open(Digest digest, long size, long offset) {
        if (size < 1) {
            throw AuditException.of(ErrorCode.INVALID_ARGUMENT, "size_bytes", size, "at least 1");
        }
        checkRoom(size, offset);
        if (!writing.add(digest)) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION, "sha256", digest, "no upload of it under way");
        }
        try {
            long received = received(digest);
            if (offset < 0 || offset > received) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT, "offset", offset, "0 to " + received);
            }
            return new Upload(this, digest, size, offset, partial(digest));
        } catch (IOException e) {
            release(digest);
            throw Disk.failure("upload", e);
        } catch (AuditException e) {
            release(digest);
            throw e;
        }
    }

    /** Removes a blob and what arrived of it. */
    public void delete(Digest digest) {
        try {
            Files.deleteIfExists(path(digest));
            Files.deleteIfExists(partial(digest));
        } catch (IOException e) {
            throw Disk.failure("upload", e);
        }
    }

    Path path(Digest digest) {
        return folder.resolve(digest.hex());
    }

    void release(Digest digest) {
        writing.remove(digest);
    }

    private Path partial(Digest digest) {
        return folder.resolve(digest.hex() + Disk.PARTIAL);
    }

    private void checkRoom(long size, long offset) {
        if (size > limits.uploadBytes()) {
            throw AuditException.of(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "size_bytes",
                    size,
                    "at most " + limits.uploadBytes());
        }
        try {
            long usable = Files.getFileStore(folder).getUsableSpace();
            if (usable - (size - offset) < limits.freeDiskBytes()) {
                throw AuditException.of(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        "size_bytes",
                        size,
                        usable
                                + " bytes of disk are left, "
                                + limits.freeDiskBytes()
                                + " reserved");
            }
        } catch (IOException e) {
            throw Disk.failure("disk", e);
        }
    }
}
