package org.plumbline.plugin.embedded;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.host.ArchiveFinder;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * A model folder as DJL Serving lays it out. Immutable.
 *
 * @param folder with {@code serving.properties} and the archive
 * @param archive the TorchScript file
 * @param options {@code option.*} of {@code serving.properties}, for loading
 * @param arguments the other keys, for the translator
 */
record ModelFolder(
        Path folder, Path archive, Map<String, String> options, Map<String, Object> arguments) {
    private static final String PROPERTIES = "serving.properties";
    private static final String OPTION = "option.";

    ModelFolder {
        options = Map.copyOf(options);
        arguments = Map.copyOf(arguments);
    }

    /**
     * Reads a folder.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if it holds no PyTorch model
     */
    static ModelFolder read(Path folder) {
        Map<String, String> options = new HashMap<>();
        Map<String, Object> arguments = new HashMap<>();
        Properties properties = properties(folder);
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(OPTION)) {
                options.put(key.substring(OPTION.length()), properties.getProperty(key));
            } else {
                arguments.put(key, properties.getProperty(key));
            }
        }
        String engine = properties.getProperty("engine", "PyTorch");
        if (!engine.equals("PyTorch")) {
            throw AuditException.of(ErrorCode.INVALID_ARGUMENT, "engine", engine, "PyTorch");
        }
        Path archive = ArchiveFinder.find(folder, options);
        return new ModelFolder(folder, archive, options, arguments);
    }

    private static Properties properties(Path folder) {
        Properties properties = new Properties();
        Path file = folder.resolve(PROPERTIES);
        if (Files.isRegularFile(file)) {
            try (Reader in = Files.newBufferedReader(file)) {
                properties.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw new AuditException(ErrorCode.INVALID_ARGUMENT, file + ": " + e, e);
            }
        }
        return properties;
    }
}
