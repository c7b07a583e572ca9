package org.plumbline.cli.bench;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;

import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One training step written directly against the engine: forward, cross-entropy, backward, SGD
 * without momentum. Confined to one thread.
 */
final class PlainDescent implements AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final Model model;
    private final List<Parameter> parameters;
    private boolean training;
    private final Loss loss = Loss.softmaxCrossEntropyLoss();

    private PlainDescent(Model model) {
        this.model = model;
        parameters = model.getBlock().getParameters().values();
    }

    /** Loads an archive that comes from this project. */
    static PlainDescent load(Path archive) throws IOException {
        Model model = Model.newInstance("plain-descent", Device.cpu(), ENGINE);
        try {
            model.load(
                    archive.toAbsolutePath().getParent(),
                    archive.getFileName().toString(),
                    Map.of("trainParam", "true"));
        } catch (MalformedModelException e) {
            model.close();
            throw new IOException(e);
        }
        return new PlainDescent(model);
    }

    /** Does one step and returns the loss before it. */
    float step(FloatTensor inputs, long[] labels, float rate) {
        try (NDManager unit = model.getNDManager().newSubManager()) {
            NDArray value = differentiated(unit, inputs, labels);
            for (Parameter parameter : parameters) { // outside: the collector forbids changes
                NDArray weights = parameter.getArray();
                try (NDArray gradient = weights.getGradient();
                        NDArray change = gradient.mul(rate)) {
                    weights.subi(change);
                    gradient.muli(0); // the engine adds to it
                }
            }
            return value.toFloatArray()[0];
        }
    }

    private NDArray differentiated(NDManager unit, FloatTensor inputs, long[] labels) {
        try (GradientCollector collector = Engine.getEngine(ENGINE).newGradientCollector()) {
            NDArray x = unit.create(inputs.values(), new Shape(inputs.shape()));
            if (!training) { // else the engine takes an archive for training already
                model.getBlock().forward(new ParameterStore(unit, false), new NDList(x), false);
                training = true;
            }
            NDArray logits =
                    model.getBlock()
                            .forward(new ParameterStore(unit, false), new NDList(x), true)
                            .get(0);
            NDArray value =
                    loss.evaluate(
                            new NDList(unit.create(labels, new Shape(labels.length, 1))),
                            new NDList(logits));
            collector.backward(value);
            return value;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
