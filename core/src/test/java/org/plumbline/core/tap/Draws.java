package org.plumbline.core.tap;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.SplittableRandom;

/** Seeded inputs and directions of tests. */
final class Draws {
    private Draws() {}

    /** Returns values uniform in [-1, 1). */
    static FloatTensor random(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor tensor = FloatTensor.zeros(shape);
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = (float) random.nextDouble(-1, 1);
        }
        return tensor;
    }

    /** Returns a vector of length 1. */
    static DenseVector direction(long seed, int d) {
        float[] drawn = random(seed, d).values();
        double norm = DenseVector.copyOf(drawn).norm();
        for (int i = 0; i < d; i++) {
            drawn[i] /= (float) norm;
        }
        return DenseVector.copyOf(drawn);
    }
}
