package org.plumbline.plugin.intercept;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.window.ConceptSample;

import java.util.Arrays;

/**
 * Warms a module up and checks it before it takes traffic: audited and plain logits are the same
 * bits, and finite. Thread-safe.
 */
public final class ModuleProbe {
    private static final int WARM_UPS = 2; // the engine compiles a method on its first two calls
    private static final int TIMED = 15;

    private final Device device;
    private final FloatTensor inputs;
    private final int target;

    /**
     * Makes a probe.
     *
     * @param inputs {@code [n, c, h, w]}, n at least 1
     */
    public ModuleProbe(Device device, FloatTensor inputs, int target) {
        this.device = device;
        this.inputs = inputs;
        this.target = target;
    }

    /**
     * Runs both methods and tells the sampler what answers take.
     *
     * @return the logits {@code [n, classes]}
     * @throws AuditException {@code BAD_ARCHIVE} if logits are not finite, {@code
     *     LAYER_NOT_TAPPABLE} if the audit changes them
     */
    public FloatTensor run(ServedModule module, Sampler sampler) {
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
            NDArray batch = manager.create(inputs.values(), new Shape(inputs.shape()));
            FloatTensor logits = logits(module.logits(new NDList(batch)));
            NDList plain = module.forward(new NDList(batch));
            for (int i = 0; i < WARM_UPS; i++) {
                plain = module.forward(new NDList(batch));
                audited(module, new NDList(batch), plain);
            }
            check(logits);
            time(module, new NDList(batch.get("0:1")), sampler); // requests mostly carry one row
            return logits;
        }
    }

    /** Takes turns, so that whatever else the machine does hits both. */
    private void time(ServedModule module, NDList row, Sampler sampler) {
        long[] plain = new long[TIMED];
        long[] answered = new long[TIMED];
        long[] worked = new long[TIMED];
        for (int i = -WARM_UPS; i < TIMED; i++) {
            long start = System.nanoTime();
            module.forward(row);
            long middle = System.nanoTime();
            PendingReading pending = module.answer(row);
            long answer = System.nanoTime();
            pending.read(target);
            long end = System.nanoTime();
            pending.close();
            if (i >= 0) {
                plain[i] = middle - start;
                answered[i] = answer - middle;
                worked[i] = end - middle;
            }
        }
        sampler.probed(median(plain), median(answered), median(worked));
    }

    private static long median(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }

    private void audited(ServedModule module, NDList inputs, NDList plain) {
        try (PendingReading pending = module.answer(inputs)) {
            check(plain, pending.outputs());
            for (SampleReading sample : pending.read(target)) {
                for (ConceptSample concept : sample.concepts()) {
                    if (!Double.isFinite(concept.mean())) {
                        throw AuditException.of(
                                ErrorCode.LAYER_NOT_TAPPABLE,
                                "sensitivity",
                                concept.mean(),
                                "finite on the probe inputs");
                    }
                }
            }
        }
    }

    private static void check(FloatTensor logits) {
        for (float logit : logits.values()) {
            if (!Float.isFinite(logit)) {
                throw AuditException.of(
                        ErrorCode.BAD_ARCHIVE, "logits", logit, "finite on the probe inputs");
            }
        }
    }

    private static void check(NDList plain, NDList answered) {
        boolean same = plain.size() == answered.size();
        for (int i = 0; same && i < plain.size(); i++) {
            same =
                    plain.get(i).getShape().equals(answered.get(i).getShape())
                            && Arrays.equals(
                                    plain.get(i).toByteArray(), answered.get(i).toByteArray());
        }
        if (!same) {
            throw AuditException.of(
                    ErrorCode.LAYER_NOT_TAPPABLE,
                    "layer",
                    "the audit changes the logits",
                    "a layer whose audit leaves every bit alone");
        }
    }

    private static FloatTensor logits(NDArray logits) {
        return FloatTensor.of(logits.toFloatArray(), logits.getShape().getShape());
    }
}
