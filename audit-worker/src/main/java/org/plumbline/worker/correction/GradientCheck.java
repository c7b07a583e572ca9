package org.plumbline.worker.correction;

import org.plumbline.core.tensor.FloatTensor;

import java.util.List;

/** Compares the gradients of two ways to compute the same loss. */
final class GradientCheck {
    private static final double TOLERANCE = 1e-4; // of the largest value: float32, other order

    private GradientCheck() {}

    /** Returns whether every value agrees within 1e-4 of the largest of its tensor. */
    static boolean agree(List<FloatTensor> expected, List<FloatTensor> actual) {
        for (int i = 0; i < expected.size(); i++) {
            float[] a = expected.get(i).values();
            float[] b = actual.get(i).values();
            double largest = 0;
            double difference = 0;
            for (int j = 0; j < a.length; j++) {
                largest = Math.max(largest, Math.abs(a[j]));
                difference = Math.max(difference, Math.abs((double) a[j] - b[j]));
            }
            if (!(difference <= TOLERANCE * largest)) {
                return false;
            }
        }
        return true;
    }
}
