package org.plumbline.plugin.delivery;

import org.plumbline.core.model.Digest;
import org.plumbline.plugin.intercept.ServedId.ModelKey;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The models the host serves at present. Thread-safe. */
public final class ModelCatalog {
    private final Map<ModelKey, ModelEntry> entries = new ConcurrentHashMap<>();

    /** Adds a model; returns the entry it replaces. */
    public Optional<ModelEntry> put(ModelEntry entry) {
        return Optional.ofNullable(entries.put(entry.key(), entry));
    }

    /** Removes exactly this entry; false if another one took its place. */
    public boolean remove(ModelEntry entry) {
        return entries.remove(entry.key(), entry);
    }

    /** Returns all models by name and version. */
    public List<ModelEntry> all() {
        return entries.values().stream()
                .sorted(Comparator.comparing(e -> e.key().toString()))
                .toList();
    }

    /** Returns the versions of a model. */
    public List<ModelEntry> named(String name) {
        return all().stream().filter(e -> e.key().name().equals(name)).toList();
    }

    /** Returns the audited version of a model that serves an archive, else any audited one. */
    Optional<AuditedModel> audited(String name, Digest archive) {
        List<AuditedModel> audited =
                named(name).stream().flatMap(e -> e.audited().stream()).toList();
        return audited.stream()
                .filter(m -> m.slot().current().digest().equals(archive))
                .findFirst()
                .or(() -> audited.stream().findFirst());
    }
}
