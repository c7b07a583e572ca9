package org.plumbline.worker.autoencoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingState;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains an auto-encoder: parameters by descent, the codebook by moving averages of what it stands
 * for. Confined to one thread; owns native memory.
 */
final class VqVaeTrainee implements Trainee, AutoCloseable {
    static final OperatorSource SOURCE = OperatorSource.of(VqVaeTrainee.class, "vqvae.py");
    static final String PERPLEXITY = "perplexity";
    static final String RECONSTRUCTION = "reconstruction";

    private static final double DECAY = 0.99;
    private static final double EPSILON = 1e-5;
    private static final double COMMITMENT = 0.25;
    private static final String BUFFER = "buffers/";

    private final NativeOperators operators;
    private final FloatTensor images;
    private final NDManager manager;
    private final NDList buffers;
    private final Descent descent;
    private double error;

    /**
     * Begins with first values.
     *
     * @param operators with {@link #SOURCE}; borrowed
     * @param images {@code [n, c, h, w]} on the auto-encoder's scale; borrowed
     * @param rate of Adam
     */
    VqVaeTrainee(NativeOperators operators, FloatTensor images, FirstValues first, double rate) {
        this.operators = operators;
        this.images = images;
        manager = operators.newUnit();
        Map<String, NDArray> leaves = new LinkedHashMap<>();
        first.parameters()
                .forEach(
                        values ->
                                leaves.put(
                                        Integer.toString(leaves.size()),
                                        operators.leaf(manager, Heap.back(manager, values))));
        buffers = Heap.back(manager, first.buffers());
        descent =
                new Descent(
                        operators,
                        new OptimizerSettings(
                                new UpdateRule.Adam(0.9, 0.999, 1e-8, 0),
                                rate,
                                Double.POSITIVE_INFINITY),
                        Map.of(),
                        leaves);
    }

    @Override
    public int size() {
        return images.rows();
    }

    @Override
    public Map<String, Double> step(Step step) {
        try (NDManager unit = operators.newUnit()) {
            NDList out =
                    operators.call(
                            "plumbline_vqvae_step",
                            Operands.in(unit)
                                    .list(descent.parameters())
                                    .list(buffers)
                                    .tensor(Heap.rows(unit, images, step.samples()))
                                    .numbers(DECAY, EPSILON, COMMITMENT));
            error = value(out.get(1));
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("loss", value(out.get(0)));
            metrics.put(RECONSTRUCTION, error);
            metrics.put("commitment", value(out.get(2)));
            metrics.put(PERPLEXITY, value(out.get(3)));
            metrics.put("gradient_norm", descent.step(unit, out.get(0), step.rateFactor()));
            operators.assign(unit, buffers, out.subNDList(4));
            return metrics;
        }
    }

    private static double value(NDArray scalar) {
        return scalar.toFloatArray()[0];
    }

    /** Returns what was trained. */
    VqVae trained(PixelScale scale, int attempts) {
        List<FloatTensor> parameters = new ArrayList<>();
        descent.parameters().forEach(p -> parameters.add(Heap.copy(p)));
        return new VqVae(scale, parameters, Heap.copy(buffers.get(0)), error, attempts);
    }

    @Override
    public TrainingState state() {
        Map<String, FloatTensor> more = new LinkedHashMap<>();
        for (int i = 0; i < buffers.size(); i++) {
            more.put(BUFFER + i, Heap.copy(buffers.get(i)));
        }
        return descent.state().with(more);
    }

    @Override
    public void restore(TrainingState state) {
        descent.restore(state);
        try (NDManager unit = operators.newUnit()) {
            NDList values = new NDList();
            for (int i = 0; i < buffers.size(); i++) {
                FloatTensor saved = state.tensors().get(BUFFER + i);
                values.add(saved == null ? buffers.get(i) : Heap.back(unit, saved));
            }
            operators.assign(unit, buffers, values);
        }
    }

    @Override
    public void close() {
        descent.close();
        manager.close();
    }
}
