package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.ProjectionBank;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A served module that answers with its layer's value projected. Audits read the module without the
 * projection: they tell whether the bias is still there, not whether it is hidden. Once closed it
 * answers plainly. Thread-safe. Owns the projection; the module is borrowed.
 */
final class ProjectedModule implements ServedModule {
    private static final int FEWEST = 2;
    private static final int MOST = 3;
    private static final long ENOUGH = Duration.ofMillis(500).toNanos();

    private final TappedModule module;
    private final ProjectionBank projection;
    private final AtomicInteger users = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    ProjectedModule(TappedModule module, ProjectionBank projection) {
        this.module = module;
        this.projection = projection;
    }

    @Override
    public NDList forward(NDList inputs) {
        return held(bank -> module.forward(inputs, bank), () -> module.forward(inputs));
    }

    @Override
    public PendingReading answer(NDList inputs) {
        return held(bank -> module.answer(inputs, bank), () -> module.answer(inputs));
    }

    @Override
    public NDArray logits(NDList inputs) {
        return module.logits(inputs);
    }

    @Override
    public String gradient() {
        return module.gradient();
    }

    /**
     * Runs it on a constant input two times, or three where that takes less than half a second: the
     * engine compiles a method on its first two calls.
     */
    @Override
    public void warmUp() {
        module.row().ifPresent(this::warmUp);
    }

    private void warmUp(ShapeWarmUp.Input row) {
        try (NDManager unit = NDManager.newBaseManager(row.device(), "PyTorch")) {
            NDList inputs = new NDList(unit.ones(row.shape(), row.type()));
            long start = System.nanoTime();
            for (int i = 0; i < FEWEST || (i < MOST && System.nanoTime() - start < ENOUGH); i++) {
                for (NDArray output : module.forward(inputs, projection)) {
                    requireFinite(output);
                }
            }
        }
    }

    private static void requireFinite(NDArray output) {
        if (output.getDataType() == DataType.FLOAT32) {
            for (float value : output.toFloatArray()) {
                if (!Float.isFinite(value)) {
                    throw new AuditException(
                            ErrorCode.FAILED_PRECONDITION, "its answers are not finite");
                }
            }
        }
    }

    private <T> T held(Function<ProjectionBank, T> answer, Supplier<T> plain) {
        if (!enter()) {
            return plain.get();
        }
        try {
            return answer.apply(projection);
        } finally {
            leave();
        }
    }

    private boolean enter() {
        int now = users.get();
        while (now > 0 && !users.compareAndSet(now, now + 1)) {
            now = users.get();
        }
        return now > 0;
    }

    private void leave() {
        if (users.decrementAndGet() == 0) {
            projection.close();
        }
    }

    /** Frees the projection when the last call under way has ended. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            leave();
        }
    }
}
