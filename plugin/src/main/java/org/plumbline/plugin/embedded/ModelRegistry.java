package org.plumbline.plugin.embedded;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.host.AuditRuntime;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The models of the embedded host. Thread-safe; loading and unloading exclude each other. */
final class ModelRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRegistry.class);

    private final Optional<AuditRuntime> runtime;
    private final Map<ModelKey, ServingModel> models = new ConcurrentHashMap<>();

    ModelRegistry(Optional<AuditRuntime> runtime) {
        this.runtime = runtime;
    }

    /** Loads every sub-folder with an archive; one that cannot be loaded is logged and left out. */
    synchronized void loadAll(Path folder) {
        for (Path sub : folders(folder)) {
            ModelKey key = new ModelKey(sub.getFileName().toString(), Optional.empty());
            try {
                load(key, sub);
            } catch (AuditException e) {
                LOG.error("{}: not served: {}", sub, e.getMessage());
            }
        }
    }

    /**
     * Loads one model folder.
     *
     * @throws AuditException {@code ALREADY_EXISTS} if the name and version are taken, or why it
     *     cannot be loaded
     */
    synchronized ServingModel load(ModelKey key, Path folder) {
        if (models.containsKey(key)) {
            throw AuditException.of(ErrorCode.ALREADY_EXISTS, "model", key, "a free name");
        }
        if (!Files.isDirectory(folder)) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "url", folder, "an existing model folder");
        }
        ServingModel model = ServingModel.load(key, ModelFolder.read(folder), runtime);
        models.put(key, model);
        LOG.info("{}: serving {}", key, folder);
        return model;
    }

    /**
     * Unloads a version, or all versions of a model, after the calls under way.
     *
     * @throws AuditException {@code NOT_FOUND} if there is none
     */
    synchronized void unload(String name, Optional<String> version) {
        List<ServingModel> gone =
                all().stream()
                        .filter(m -> m.key().name().equals(name))
                        .filter(m -> version.isEmpty() || m.key().serverVersion().equals(version))
                        .toList();
        if (gone.isEmpty()) {
            throw missing(name, version);
        }
        for (ServingModel model : gone) {
            models.remove(model.key());
            model.close();
        }
    }

    /** Returns a version of a model, without one named the last. */
    ServingModel find(String name, Optional<String> version) {
        ServingModel exact = models.get(new ModelKey(name, version));
        if (exact != null) {
            return exact;
        }
        return all().stream()
                .filter(m -> m.key().name().equals(name) && version.isEmpty())
                .reduce((a, b) -> b)
                .orElseThrow(() -> missing(name, version));
    }

    /** Returns all models by name and version. */
    List<ServingModel> all() {
        List<ServingModel> all = new ArrayList<>(models.values());
        all.sort(Comparator.comparing(m -> m.key().toString()));
        return all;
    }

    @Override
    public synchronized void close() {
        models.values().forEach(ServingModel::close);
        models.clear();
    }

    private AuditException missing(String name, Optional<String> version) {
        return AuditException.of(
                ErrorCode.NOT_FOUND,
                "model",
                new ModelKey(name, version),
                "one of " + all().stream().map(ServingModel::key).toList());
    }

    private static List<Path> folders(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    "models: " + folder + " (expected: folder of model folders): " + e,
                    e);
        }
    }
}
