package org.plumbline.cli.terminal;

import ai.djl.Device;
import ai.djl.engine.Engine;

import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.probe.ProbeLimits;
import org.plumbline.core.probe.ProbeRequest;
import org.plumbline.core.probe.SafetyProbe;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A tapped model in a temporary work folder; both end together. Confined to one thread. */
public final class TapFolder implements AutoCloseable {
    private final Path folder;
    private final TappedModel model;

    private TapFolder(Path folder, TappedModel model) {
        this.folder = folder;
        this.model = model;
    }

    /**
     * Loads an archive on a GPU where there is one.
     *
     * @param output index, key or field of the logits in what forward returns
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} or {@code
     *     LAYER_NOT_TAPPABLE}
     */
    public static TapFolder open(Path archive, LayerPath layer, Optional<String> output)
            throws IOException {
        return load(archive, layer, output);
    }

    /**
     * As {@link #open(Path, LayerPath, Optional)}, but an archive whose code has a loop of unstated
     * length is first tried in a child process on two samples of these inputs, which costs some
     * seconds.
     */
    public static TapFolder open(
            Path archive, LayerPath layer, Optional<String> output, FloatTensor inputs)
            throws IOException {
        tryIfLooping(archive, Optional.of(layer), output, inputs);
        return load(archive, layer, output);
    }

    /** Tries an archive whose code has a loop of unstated length in a child process. */
    public static void tryIfLooping(
            Path archive, Optional<LayerPath> layer, Optional<String> output, FloatTensor inputs) {
        List<Long> shape = Arrays.stream(inputs.shape()).boxed().collect(Collectors.toList());
        shape.set(0, Math.min(2, shape.get(0)));
        SafetyProbe.runIfLooping(
                archive,
                new ProbeRequest(
                        shape, layer, output.map(OutputSelector::new), ProbeLimits.DEFAULT));
    }

    private static TapFolder load(Path archive, LayerPath layer, Optional<String> output)
            throws IOException {
        Path folder = Files.createTempDirectory("plumbline");
        try {
            return new TapFolder(
                    folder,
                    TappedModel.load(
                            archive,
                            new TapSpec(layer, output.map(OutputSelector::new), folder, device())));
        } catch (RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    /** Returns the model; closed with this. */
    public TappedModel model() {
        return model;
    }

    /** Returns a GPU where there is one, else the CPU. */
    public static Device device() {
        return Engine.getEngine("PyTorch").getGpuCount() > 0 ? Device.gpu() : Device.cpu();
    }

    /** Removes a folder and everything in it. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        model.close();
        delete(folder);
    }
}
