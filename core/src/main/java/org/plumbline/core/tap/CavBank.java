package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tensor.DenseVector;

import java.util.List;

/** Concept vectors {@code [K, d]} in native memory, shared by all calls. Thread-safe. */
public final class CavBank implements AutoCloseable {
    private final NDManager manager;
    private final NDArray cavs;

    private CavBank(NDManager manager, NDArray cavs) {
        this.manager = manager;
        this.cavs = cavs;
    }

    /** Takes over a manager; it is closed if the vectors do not fit. */
    static CavBank of(NDManager manager, List<DenseVector> cavs) {
        try {
            return new CavBank(manager, rows(manager, cavs));
        } catch (IllegalArgumentException e) {
            manager.close();
            throw e;
        }
    }

    private static NDArray rows(NDManager manager, List<DenseVector> cavs) {
        if (cavs.isEmpty()) {
            throw new IllegalArgumentException("cavs: none (expected: at least one)");
        }
        int d = cavs.get(0).dimension();
        float[] rows = new float[cavs.size() * d];
        for (int k = 0; k < cavs.size(); k++) {
            if (cavs.get(k).dimension() != d) {
                throw new IllegalArgumentException(
                        "cav: " + cavs.get(k).dimension() + " components (expected: " + d + ")");
            }
            System.arraycopy(cavs.get(k).toArray(), 0, rows, k * d, d);
        }
        return manager.create(rows, new Shape(cavs.size(), d));
    }

    /** Returns the number of concepts, {@code K}. */
    public int concepts() {
        return (int) cavs.getShape().get(0);
    }

    NDArray array() {
        return cavs;
    }

    @Override
    public void close() {
        manager.close();
    }
}
