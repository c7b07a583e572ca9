package org.plumbline.cli;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Places where results go, checked before the work that makes them. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Checks that a file can be written; an existing one will be replaced.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if its folder is absent or it is no file
     */
    static void require(String option, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        boolean writable =
                Files.exists(file)
                        ? Files.isRegularFile(file) && Files.isWritable(file)
                        : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
        if (!writable) {
            throw refused(option, file, "a file that can be written, in an existing folder");
        }
    }

    /**
     * Makes a folder where there is none.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if it cannot be made or written
     */
    static void requireFolder(String option, Path folder) {
        try {
            if (Files.isWritable(Files.createDirectories(folder))) {
                return;
            }
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    option + ": " + folder + " (expected: a folder that can be made)",
                    e);
        }
        throw refused(option, folder, "a folder that can be written");
    }

    private static AuditException refused(String option, Path path, String expected) {
        return AuditException.of(ErrorCode.INVALID_ARGUMENT, option, path, expected);
    }
}
