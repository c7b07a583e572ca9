package org.plumbline.worker.store;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Steps on the file system that must not leave halves behind. Thread-safe. */
public final class Disk {
    /** Ends the name of a file that is still being written; nothing reads such files. */
    public static final String PARTIAL = ".part";

    private Disk() {}

    /** Replaces a file as a whole, on disk before this returns: readers see old or new bytes. */
    public static void replace(Path file, byte[] content) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + PARTIAL);
        try (FileChannel out =
                FileChannel.open(
                        partial,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            for (ByteBuffer bytes = ByteBuffer.wrap(content); bytes.hasRemaining(); ) {
                out.write(bytes);
            }
            out.force(true);
        }
        move(partial, file);
    }

    /** Moves a finished file into place atomically. */
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes a file or a folder with all it holds; nothing there is fine. */
    public static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        Files.walkFileTree(
                path,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path folder, @org.jspecify.annotations.Nullable IOException failure)
                            throws IOException {
                        Files.delete(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** Returns a folder, made if it is missing. */
    public static Path folder(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw failure(path.toString(), e);
        }
    }

    /** Returns the failure a full or broken disk means to a caller, one line. */
    public static AuditException failure(String what, IOException cause) {
        String reason =
                cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new AuditException(
                ErrorCode.RESOURCE_EXHAUSTED,
                what + ": " + reason.lines().findFirst().orElse("") + " (expected: a disk to use)",
                cause);
    }

    /** Returns the failure behind an unchecked wrapper. */
    public static AuditException failure(String what, UncheckedIOException cause) {
        IOException inner = cause.getCause();
        return failure(what, inner == null ? new IOException(cause) : inner);
    }
}
