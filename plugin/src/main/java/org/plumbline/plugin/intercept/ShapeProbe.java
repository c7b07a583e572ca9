package org.plumbline.plugin.intercept;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import java.time.Duration;
import java.util.Arrays;

/**
 * Runs plain and audited answers of one input shape off the request path: the engine compiles a
 * method on its first calls, and the sampler needs to know what they take. Thread-safe.
 *
 * @param target class whose logit is differentiated; negative: the predicted one
 */
public record ShapeProbe(Device device, int target) {
    private static final int WARM_UPS = 3;
    private static final int FEWEST = 3;
    private static final int MOST = 15;
    private static final long ENOUGH = Duration.ofSeconds(1).toNanos();

    /** Measures with a constant batch, taking turns, so that the machine's other work hits both. */
    public Times run(ServedModule module, Shape shape, DataType type) {
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
            NDList inputs = new NDList(manager.ones(shape, type));
            for (int i = 0; i < WARM_UPS; i++) {
                round(module, inputs);
            }
            long start = System.nanoTime();
            Times[] rounds = new Times[MOST];
            int done = 0;
            while (done < FEWEST || (done < MOST && System.nanoTime() - start < ENOUGH)) {
                rounds[done++] = round(module, inputs);
            }
            return Times.medians(Arrays.copyOf(rounds, done));
        }
    }

    private Times round(ServedModule module, NDList inputs) {
        long start = System.nanoTime();
        module.forward(inputs).close();
        long middle = System.nanoTime();
        try (PendingReading pending = module.answer(inputs)) {
            long answer = System.nanoTime();
            pending.read(target);
            pending.effects(target);
            long end = System.nanoTime();
            pending.outputs().close();
            return new Times(middle - start, answer - middle, end - answer);
        }
    }

    /**
     * What requests of a shape take, in nanoseconds. Immutable.
     *
     * @param plain time of a plain answer
     * @param answered time of an answer that keeps what an audit needs
     * @param backward time of the backward pass that follows it
     */
    public record Times(long plain, long answered, long backward) {
        static Times medians(Times... rounds) {
            return new Times(
                    median(Arrays.stream(rounds).mapToLong(Times::plain).toArray()),
                    median(Arrays.stream(rounds).mapToLong(Times::answered).toArray()),
                    median(Arrays.stream(rounds).mapToLong(Times::backward).toArray()));
        }

        private static long median(long... nanos) {
            Arrays.sort(nanos);
            return nanos[nanos.length / 2];
        }
    }
}
