package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.instrument.Projection;

/** A projection in native memory, shared by all calls. Thread-safe. */
public final class ProjectionBank implements AutoCloseable {
    private final NDManager manager;
    private final NDList arrays;

    private ProjectionBank(NDManager manager, NDList arrays) {
        this.manager = manager;
        this.arrays = arrays;
    }

    /** Takes over a manager. */
    static ProjectionBank of(NDManager manager, Projection projection) {
        int k = projection.moves().size();
        return new ProjectionBank(
                manager,
                new NDList(
                        manager.create(
                                projection.directions(), new Shape(k, projection.dimension())),
                        manager.create(projection.weights(), new Shape(k, k)),
                        manager.create(projection.levels(), new Shape(1, k)),
                        manager.create(projection.maxima(), new Shape(1, k))));
    }

    /** Returns an input followed by directions, weights, levels and pooling. */
    NDList behind(NDArray input) {
        NDList arguments = new NDList(input);
        arguments.addAll(arrays);
        return arguments;
    }

    @Override
    public void close() {
        manager.close();
    }
}
