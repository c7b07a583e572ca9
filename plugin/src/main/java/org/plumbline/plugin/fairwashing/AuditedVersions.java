package org.plumbline.plugin.fairwashing;

import ai.djl.Device;

import org.plumbline.plugin.delivery.AuditedModel;
import org.plumbline.plugin.delivery.ModelCache;
import org.plumbline.plugin.intercept.ServedSlot;

import java.nio.file.Path;
import java.util.Optional;

/** The versions of an audited model. Thread-safe. */
public record AuditedVersions(AuditedModel model, ModelCache cache, Device device)
        implements WatchedModel {
    @Override
    public ServedSlot slot() {
        return model.slot();
    }

    @Override
    public Path archive() {
        return model.archive();
    }

    @Override
    public Optional<Path> replaced() {
        return model.replaced();
    }

    @Override
    public void requireEnding(Path archive) {
        model.requireEnding(archive);
    }

    @Override
    public Path workFolder() {
        return cache.workFolder();
    }

    @Override
    public Path results() {
        return cache.folder().resolve("fairwashing");
    }
}
