package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.instrument.Optimizer;

/**
 * An optimiser's state over the trainable parameters of one model. Confined to one thread; owns
 * native memory.
 *
 * <p>Source: PyTorch 1.13 {@code torch.optim.SGD} and {@code torch.optim.Adam}, single-tensor form;
 * {@code torch.nn.utils.clip_grad_norm_}.
 */
public final class Updater implements AutoCloseable {
    private final TrainableModel model;
    private final Settings settings;
    private final NDManager manager;
    private final NDList moments = new NDList();
    private long step;

    /**
     * Numbers of an optimiser. Immutable.
     *
     * @param rate learning rate, above 0
     * @param momentum SGD's momentum, or Adam's beta1, in [0, 1)
     * @param beta2 Adam's beta2, in [0, 1)
     * @param epsilon Adam's epsilon
     * @param weightDecay L2 penalty, at least 0
     * @param clip largest norm of all gradients together; infinite: no clipping
     */
    public record Settings(
            double rate,
            double momentum,
            double beta2,
            double epsilon,
            double weightDecay,
            double clip) {}

    /** Makes an optimiser at step 0 with zero moments. */
    public Updater(TrainableModel model, Settings settings) {
        this.model = model;
        this.settings = settings;
        this.manager = model.newUnit();
        int copies = model.plan().optimizer() == Optimizer.ADAM ? 2 : 1;
        try (NDManager unit = model.newUnit()) {
            NDList parameters = model.parameters(unit.create(0f));
            for (int i = 0; i < copies; i++) {
                parameters.forEach(p -> moments.add(manager.zeros(p.getShape(), p.getDataType())));
            }
        }
    }

    /**
     * Does one update with {@code rate * factor}.
     *
     * @param gradients borrowed
     * @return norm of all gradients together, before clipping
     */
    public double step(NDList gradients, double factor) {
        step++;
        try (NDManager unit = model.newUnit()) {
            return model.update(gradients, moments, numbers(unit, settings.rate() * factor));
        }
    }

    private NDArray numbers(NDManager unit, double rate) {
        double clip = Math.min(settings.clip(), Double.MAX_VALUE);
        if (model.plan().optimizer() == Optimizer.SGD) {
            return unit.create(
                    new double[] {rate, clip, settings.weightDecay(), settings.momentum()});
        }
        double first = 1 - Math.pow(settings.momentum(), (double) step);
        double second = 1 - Math.pow(settings.beta2(), (double) step);
        return unit.create(
                new double[] {
                    rate / first,
                    clip,
                    settings.weightDecay(),
                    settings.momentum(),
                    settings.beta2(),
                    Math.sqrt(second),
                    settings.epsilon()
                });
    }

    @Override
    public void close() {
        manager.close();
    }
}
