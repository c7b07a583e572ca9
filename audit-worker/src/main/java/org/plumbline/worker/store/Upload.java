package org.plumbline.worker.store;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * One transfer under way. What has arrived stays on disk when it is closed early, so the next one
 * may resume. Confined to one thread at a time.
 */
public final class Upload implements AutoCloseable {
    private final BlobStore store;
    private final Digest digest;
    private final long size;
    private final Path partial;
    private final FileChannel channel;
    private long position;

    Upload(BlobStore store, Digest digest, long size, long offset, Path partial)
            throws IOException {
        this.store = store;
        this.digest = digest;
        this.size = size;
        this.partial = partial;
        this.position = offset;
        this.channel =
                FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.truncate(offset).position(offset);
    }

    /** Returns the bytes on disk. */
    public long received() {
        return position;
    }

    /**
     * Appends bytes.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} beyond the announced size, {@code
     *     RESOURCE_EXHAUSTED} when the disk is full
     */
    public void append(ByteBuffer chunk) {
        if (position + chunk.remaining() > size) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "chunk",
                    position + chunk.remaining() + " bytes",
                    "at most the announced " + size);
        }
        try {
            while (chunk.hasRemaining()) {
                position += channel.write(chunk);
            }
        } catch (IOException e) {
            throw Disk.failure("upload", e);
        }
    }

    /**
     * Checks size, digest and content and moves the file into the store; nobody finds it before.
     *
     * @param check throws if the content is not what it should be, which discards it
     * @return where it lies now
     * @throws AuditException {@code INVALID_ARGUMENT} if bytes are missing, which may still be
     *     sent, or the digest differs, which discards them
     */
    public Path finish(Consumer<Path> check) {
        if (position != size) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "size_bytes", position, String.valueOf(size));
        }
        try {
            channel.force(true);
            channel.close();
            checkContent(check);
            Path blob = store.path(digest);
            Disk.move(partial, blob);
            return blob;
        } catch (IOException e) {
            throw Disk.failure("upload", e);
        }
    }

    private void checkContent(Consumer<Path> check) throws IOException {
        Digest actual = Digest.of(partial);
        try {
            if (!actual.equals(digest)) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT, "sha256", actual, "as announced, " + digest);
            }
            check.accept(partial);
        } catch (AuditException e) {
            Files.delete(partial);
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Disk.failure("upload", e);
        } finally {
            store.release(digest);
        }
    }
}
