package org.plumbline.plugin.intercept;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * Warms a module up and checks it before it takes traffic: audited and plain logits are the same
 * bits, and finite. Thread-safe.
 */
public final class ModuleProbe {
    private static final int WARM_UPS = 2; // the engine compiles a method on its first two calls
    private static final int TIMED = 8;

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
     * Runs both methods and tells the sampler what a plain answer takes.
     *
     * @return the logits {@code [n, classes]}
     * @throws AuditException {@code BAD_ARCHIVE} if logits are not finite, {@code
     *     LAYER_NOT_TAPPABLE} if the audit changes them
     */
    public FloatTensor run(ServedModule module, Sampler sampler) {
        try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
            NDArray batch = manager.create(inputs.values(), new Shape(inputs.shape()));
            FloatTensor plain = logits(module.forward(new NDList(batch)));
            FloatTensor audited = plain;
            for (int i = 0; i < WARM_UPS; i++) {
                plain = logits(module.forward(new NDList(batch)));
                try (PendingReading pending = module.answer(new NDList(batch))) {
                    audited = logits(pending.outputs());
                    pending.read(target);
                }
            }
            check(plain, audited);
            // one row: requests mostly carry one
            NDList row = new NDList(batch.get("0:1"));
            module.forward(row);
            for (int i = 0; i < TIMED; i++) {
                long start = System.nanoTime();
                module.forward(row);
                sampler.plain(System.nanoTime() - start, 1);
            }
            return plain;
        }
    }

    private static void check(FloatTensor plain, FloatTensor audited) {
        for (float logit : plain.values()) {
            if (!Float.isFinite(logit)) {
                throw AuditException.of(
                        ErrorCode.BAD_ARCHIVE, "logits", logit, "finite on the probe inputs");
            }
        }
        if (!Arrays.equals(plain.shape(), audited.shape())
                || !Arrays.equals(plain.values(), audited.values())) {
            throw AuditException.of(
                    ErrorCode.LAYER_NOT_TAPPABLE,
                    "layer",
                    "the audit changes the logits",
                    "a layer whose audit leaves every bit alone");
        }
    }

    private static FloatTensor logits(NDList outputs) {
        NDArray first = outputs.head();
        return FloatTensor.of(first.toFloatArray(), first.getShape().getShape());
    }
}
