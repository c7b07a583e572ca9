package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;

/** Numbers out of native arrays. */
final class Scalars {
    private Scalars() {}

    static double value(NDArray scalar) {
        return scalar.toFloatArray()[0];
    }

    static double mean(NDArray values) {
        double sum = 0;
        float[] all = values.toFloatArray();
        for (float value : all) {
            sum += value;
        }
        return sum / all.length;
    }
}
