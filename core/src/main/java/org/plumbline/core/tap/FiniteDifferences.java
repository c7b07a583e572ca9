package org.plumbline.core.tap;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.Instrumenter;

/**
 * Measures slopes of a logit along concept vectors by central differences, two forward passes a
 * concept. Thread-safe.
 *
 * <p>The step is the cube root of float32's epsilon times the size of the activation, which
 * balances the error of the difference, of second order in the step, against rounding.
 */
final class FiniteDifferences {
    private static final float STEP = (float) Math.cbrt(Math.ulp(1f));
    private static final int MOST_ROWS = 16;
    private static final double SAME = 0.05;

    private final NativeModule module;
    private volatile boolean batched;

    FiniteDifferences(NativeModule module) {
        this.module = module;
    }

    /**
     * Returns statistics {@code [n, K, 4]} with one location, classes {@code [n]} and projections
     * {@code [n, K, 2]}.
     *
     * @param x one image batch, borrowed; the results hang on its manager
     */
    NDList run(NDArray x, NDArray cavs, NDArray target) {
        int rows = Math.toIntExact(Math.max(1, x.getShape().get(0)));
        return run(x, cavs, target, batched ? Math.max(1, MOST_ROWS / rows) : 1);
    }

    private NDList run(NDArray x, NDArray cavs, NDArray target, int copies) {
        NDManager unit = x.getManager();
        try (NDArray step = unit.create(STEP);
                NDArray most = unit.create(copies)) {
            return module.infer(Instrumenter.DIFFERENCES, new NDList(x, cavs, target, step, most));
        }
    }

    /**
     * Finds out whether the model gives the same for several copies of a batch at once.
     *
     * @return the statistics
     */
    float[] settle(NDArray x, NDArray cavs, NDArray target) {
        float[] alone = run(x, cavs, target, 1).get(0).toFloatArray();
        try {
            batched = close(alone, run(x, cavs, target, 2).get(0).toFloatArray());
        } catch (EngineException | AuditException e) {
            batched = false; // exported for one batch size
        }
        return alone;
    }

    private static boolean close(float[] a, float[] b) {
        double gap = 0;
        double size = 0;
        for (int i = 0; i < a.length; i++) {
            gap = Math.max(gap, Math.abs(a[i] - b[i]));
            size = Math.max(size, Math.abs(a[i]));
        }
        return gap <= SAME * size;
    }
}
