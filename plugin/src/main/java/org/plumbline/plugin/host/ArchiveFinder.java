package org.plumbline.plugin.host;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the archive a PyTorch model folder is served from, in the engine's order. Thread-safe. */
public final class ArchiveFinder {
    private ArchiveFinder() {}

    /**
     * Returns the file named by option {@code modelName}, else {@code FOLDER.pt}, else {@code
     * model.pt}, else the only {@code .pt} file.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if there is none, or several to choose from
     */
    public static Path find(Path folder, Map<String, String> options) {
        List<String> names = new ArrayList<>();
        Optional.ofNullable(options.get("modelName")).ifPresent(names::add);
        names.add(String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
        names.add("model");
        for (String name : names) {
            for (String suffix : List.of("", ".pt")) {
                Path file = folder.resolve(name + suffix);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            }
        }
        List<Path> archives = archives(folder);
        if (archives.size() != 1) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "model folder",
                    folder + " with " + archives.size() + " .pt files",
                    "one, or option.modelName");
        }
        return archives.get(0);
    }

    private static List<Path> archives(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".pt")).sorted().toList();
        } catch (IOException e) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, "model folder: " + e, e);
        }
    }
}
