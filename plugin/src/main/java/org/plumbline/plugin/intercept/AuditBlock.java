package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

import org.plumbline.plugin.intercept.SampleCounts.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.InstantSource;
import java.util.Optional;

/**
 * Stands where the model's block was: answers each request through whatever is served now, and
 * audits the sampled ones on the way. Whatever goes wrong with an audit, the answer is the one of
 * plain {@code forward}, and so is the first answer to a new input shape: the audit thread warms
 * the audit up for it meanwhile. Thread-safe.
 */
public final class AuditBlock extends AbstractSymbolBlock {
    private static final Logger LOG = LoggerFactory.getLogger(AuditBlock.class);

    private static final Shape NOTHING = new Shape();

    private final ServedSlot slot;
    private final int target;
    private final AuditQueue queue;
    private final Answering answering;
    private final InputWatch watch;
    private final InstantSource clock;
    private final MinuteLog failures = new MinuteLog(LOG);

    /**
     * Wraps what a slot serves.
     *
     * @param target class whose logit is differentiated; negative: the predicted one
     */
    public AuditBlock(ServedSlot slot, int target, AuditQueue queue, InstantSource clock) {
        this(slot, target, queue, clock, Answering.PLAIN, InputWatch.NONE);
    }

    /**
     * Wraps what a slot serves.
     *
     * @param target class whose logit is differentiated; negative: the predicted one
     * @param answering what answers in the name of a version
     * @param watch is shown the inputs of audited requests
     */
    public AuditBlock(
            ServedSlot slot,
            int target,
            AuditQueue queue,
            InstantSource clock,
            Answering answering,
            InputWatch watch) {
        this.slot = slot;
        this.answering = answering;
        this.watch = watch;
        this.target = target;
        this.queue = queue;
        this.clock = clock;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        Served served = slot.acquire();
        try {
            Optional<Grant> grant = served.sampler().take(shape(inputs));
            ServedModule module = answering.module(served);
            return grant.isPresent()
                    ? audited(served, module, inputs, grant.get())
                    : plain(served, module, inputs);
        } finally {
            served.release();
        }
    }

    private NDList plain(Served served, ServedModule module, NDList inputs) {
        Shape shape = shape(inputs);
        long start = System.nanoTime();
        NDList outputs = module.forward(inputs);
        served.sampler().plain(shape, System.nanoTime() - start);
        served.counts().add(Outcome.SKIPPED, samples(inputs));
        if (inputs.size() == 1 && served.sampler().claim(shape)) {
            NDArray input = inputs.head();
            served.retain(); // for the task
            offer(
                    new ShapeWarmUp(
                            served,
                            new ShapeWarmUp.Input(shape, input.getDataType(), input.getDevice()),
                            target,
                            failures));
        }
        return outputs;
    }

    private NDList audited(Served served, ServedModule module, NDList inputs, Grant grant) {
        long start = System.nanoTime();
        PendingReading pending;
        see(served, inputs);
        try {
            pending = module.answer(inputs);
        } catch (RuntimeException | LinkageError e) {
            served.sampler().failed(grant, System.nanoTime() - start);
            // answer first: if plain forward fails as well, the request itself is at fault
            NDList outputs = module.forward(inputs);
            served.counts().add(Outcome.FAILED, samples(inputs));
            failures.warn("audit failed, answered without it", served.id(), e);
            return outputs;
        }
        ServedTask.Request request =
                new ServedTask.Request(
                        grant, samples(inputs), System.nanoTime() - start, clock.instant());
        served.retain(); // for the task: the backward pass needs the module
        NDList outputs = pending.outputs();
        offer(new ServedTask(served, pending, target, request, failures));
        return outputs;
    }

    private void see(Served served, NDList inputs) {
        try {
            watch.see(served, inputs);
        } catch (RuntimeException | LinkageError | VirtualMachineError e) { // no heap for a copy
            failures.warn("an input was not looked at", served.id(), e);
        }
    }

    private void offer(AuditTask task) {
        if (!queue.offer(task)) {
            task.close();
        }
    }

    private static Shape shape(NDList inputs) {
        return inputs.isEmpty() ? NOTHING : inputs.head().getShape();
    }

    private static long samples(NDList inputs) {
        if (inputs.isEmpty()) {
            return 1;
        }
        NDArray first = inputs.head();
        return first.getShape().dimension() == 0 ? 1 : Math.max(1, first.getShape().get(0));
    }

    @Override
    public ParameterList getDirectParameters() {
        return new ParameterList();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return getOutputShapes(inputShapes, new DataType[] {DataType.FLOAT32});
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes, DataType[] dataTypes) {
        throw new UnsupportedOperationException("a TorchScript module tells its shapes when run");
    }
}
