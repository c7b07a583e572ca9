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

/**
 * Stands where the model's block was: answers each request through whatever is served now, and
 * audits the sampled ones on the way. Whatever goes wrong with an audit, the answer is the one of
 * plain {@code forward}. Thread-safe.
 */
public final class AuditBlock extends AbstractSymbolBlock {
    private static final Logger LOG = LoggerFactory.getLogger(AuditBlock.class);

    private final ServedSlot slot;
    private final int target;
    private final AuditQueue queue;
    private final InstantSource clock;
    private final MinuteLog failures = new MinuteLog(LOG);

    /**
     * Wraps what a slot serves.
     *
     * @param target class whose logit is differentiated; negative: the predicted one
     */
    public AuditBlock(ServedSlot slot, int target, AuditQueue queue, InstantSource clock) {
        this.slot = slot;
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
            return served.sampler().take() ? audited(served, inputs) : plain(served, inputs);
        } finally {
            served.release();
        }
    }

    private NDList plain(Served served, NDList inputs) {
        long start = System.nanoTime();
        NDList outputs = served.module().forward(inputs);
        long samples = samples(inputs);
        served.sampler().plain(System.nanoTime() - start, samples);
        served.counts().add(Outcome.SKIPPED, samples);
        return outputs;
    }

    private NDList audited(Served served, NDList inputs) {
        long start = System.nanoTime();
        PendingReading pending;
        try {
            pending = served.module().answer(inputs);
        } catch (RuntimeException | LinkageError e) {
            // answer first: if plain forward fails as well, the request itself is at fault
            NDList outputs = served.module().forward(inputs);
            served.counts().add(Outcome.FAILED, samples(inputs));
            failures.warn("audit failed, answered without it", served.id(), e);
            return outputs;
        }
        ServedTask.Request request =
                new ServedTask.Request(samples(inputs), System.nanoTime() - start, clock.instant());
        served.retain(); // for the task: the backward pass needs the module
        AuditTask task = new ServedTask(served, pending, target, request, failures);
        NDList outputs = pending.outputs();
        if (!queue.offer(task)) {
            task.close();
        }
        return outputs;
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
