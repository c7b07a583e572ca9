package org.plumbline.plugin.fairwashing;

import ai.djl.Device;
import ai.djl.ndarray.NDList;

import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.PendingReading;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedModule;
import org.plumbline.plugin.intercept.ServedSlot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Versions of a model that nobody delivers and that answer nothing. */
final class FakeVersions implements WatchedModel {
    private final Path folder;
    private final ServedSlot slot;
    volatile Runnable beforeLoading = () -> {};
    volatile Runnable beforeLooking = () -> {};

    FakeVersions(Path folder, Digest first) {
        this.folder = folder;
        slot = new ServedSlot(served(first));
    }

    /** Serves another version and returns the one before. */
    Served serve(Digest next) {
        return slot.swap(served(next));
    }

    static Served served(Digest digest) {
        return new Served(
                new ServedId("cnn", digest.brief()),
                1,
                digest,
                new LayerPath("l"),
                List.of(),
                Map.of(),
                new Silent(),
                new Sampler(Sampling.ALL, 1));
    }

    @Override
    public ServedSlot slot() {
        beforeLooking.run();
        return slot;
    }

    @Override
    public Path archive() {
        return folder.resolve("model.pt");
    }

    @Override
    public Optional<Path> replaced() {
        return Optional.empty();
    }

    @Override
    public void requireEnding(Path file) {
        beforeLoading.run();
    }

    @Override
    public Path workFolder() {
        try {
            return Files.createTempDirectory(Files.createDirectories(work()), "w");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns where instrumented copies lie. */
    Path work() {
        return folder.resolve("work");
    }

    @Override
    public Path results() {
        return folder.resolve("results");
    }

    @Override
    public Device device() {
        return Device.cpu();
    }

    /** Nobody asks it. */
    private static final class Silent implements ServedModule {
        @Override
        public NDList forward(NDList inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PendingReading answer(NDList inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
