package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** Concept vectors {@code [K, d]} in native memory, shared by all calls. Thread-safe. */
public final class CavBank implements AutoCloseable {
    private final NDManager manager;
    private final NDArray cavs;

    CavBank(NDManager manager, NDArray cavs) {
        this.manager = manager;
        this.cavs = cavs;
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
