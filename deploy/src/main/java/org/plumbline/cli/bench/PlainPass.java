package org.plumbline.cli.bench;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;

import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * One forward pass of an archive as it is and one backward pass down to its inputs, by the engine's
 * own means: what every gradient costs at least. Confined to one thread.
 */
final class PlainPass implements AutoCloseable {
    private final Model model;

    private PlainPass(Model model) {
        this.model = model;
    }

    /** Loads an archive that comes from this project. */
    static PlainPass load(Path archive) throws IOException {
        Model model = Model.newInstance("plain", Device.cpu(), "PyTorch");
        try {
            model.load(
                    archive.toAbsolutePath().getParent(),
                    archive.getFileName().toString(),
                    Map.of("trainParam", "true"));
        } catch (MalformedModelException e) {
            model.close();
            throw new IOException(e);
        }
        model.getBlock().freezeParameters(true);
        return new PlainPass(model);
    }

    /** Runs both passes for inputs {@code [n, c, h, w]} and returns the milliseconds they took. */
    double millis(FloatTensor inputs) {
        long start = System.nanoTime();
        try (NDManager unit = model.getNDManager().newSubManager();
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray x = unit.create(inputs.values(), new Shape(inputs.shape()));
            x.setRequiresGradient(true);
            NDArray logits =
                    model.getBlock()
                            .forward(new ParameterStore(unit, false), new NDList(x), true)
                            .get(0);
            collector.backward(logits.max(new int[] {1}).sum());
            x.getGradient().toFloatArray();
        }
        return (System.nanoTime() - start) / 1e6;
    }

    @Override
    public void close() {
        model.close();
    }
}
