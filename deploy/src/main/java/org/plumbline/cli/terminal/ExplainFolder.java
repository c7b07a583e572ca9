package org.plumbline.cli.terminal;

import ai.djl.Device;

import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;

/** An explainable model in a temporary work folder; both end together. Confined to one thread. */
public final class ExplainFolder implements AutoCloseable {
    private final Path folder;
    private final ExplainableModel model;

    private ExplainFolder(Path folder, ExplainableModel model) {
        this.folder = folder;
        this.model = model;
    }

    /**
     * Loads an archive on a GPU where there is one. An archive whose code has a loop of unstated
     * length is first tried in a child process on two of the images.
     *
     * @param spec what to load it for, given work folder and device
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE}, or why it cannot be
     *     explained so
     */
    public static ExplainFolder open(
            Path archive, FloatTensor images, BiFunction<Path, Device, ExplainSpec> spec)
            throws IOException {
        TapFolder.tryIfLooping(archive, Optional.empty(), Optional.empty(), images);
        Path folder = Files.createTempDirectory("plumbline");
        try {
            return new ExplainFolder(
                    folder, ExplainableModel.load(archive, spec.apply(folder, TapFolder.device())));
        } catch (RuntimeException e) {
            TapFolder.delete(folder);
            throw e;
        }
    }

    /** Returns the model; closed with this. */
    public ExplainableModel model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
        TapFolder.delete(folder);
    }
}
