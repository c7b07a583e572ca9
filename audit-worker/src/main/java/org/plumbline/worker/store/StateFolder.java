package org.plumbline.worker.store;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The worker's folder, held by one process at a time. Thread-safe. */
public final class StateFolder implements AutoCloseable {
    private final Path root;
    private final FileChannel channel;

    private StateFolder(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /**
     * Makes the folder if missing and locks it; a killed process leaves no lock behind.
     *
     * @throws AuditException {@code UNAVAILABLE} if another worker holds it
     */
    public static StateFolder lock(Path root) {
        Disk.folder(root);
        try {
            FileChannel channel =
                    FileChannel.open(
                            root.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw AuditException.of(
                        ErrorCode.UNAVAILABLE, "state", root, "a folder no other worker uses");
            }
            return new StateFolder(root, channel);
        } catch (IOException e) {
            throw Disk.failure("state", e);
        }
    }

    /** Returns a folder below, made if missing. */
    public Path folder(String name) {
        return Disk.folder(root.resolve(name));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Disk.failure("state", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
