package org.plumbline.cli;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Folders that commands fill. Thread-safe. */
final class OutputFolder {
    private OutputFolder() {}

    /**
     * Checks that a folder is missing or empty, so that nothing foreign is mixed in.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if it holds anything
     */
    static void requireEmpty(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        boolean empty = false;
        if (Files.isDirectory(folder)) {
            try (Stream<Path> entries = Files.list(folder)) {
                empty = entries.findAny().isEmpty();
            }
        }
        if (!empty) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "out", folder, "a folder that is new or empty");
        }
    }
}
