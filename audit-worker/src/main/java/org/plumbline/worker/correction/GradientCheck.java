package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.Batches;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Compares the gradients of two ways to compute the same loss. */
final class GradientCheck {
    private static final double TOLERANCE = 1e-4; // of the largest value: float32, other order

    private GradientCheck() {}

    /** Returns the gradients of all samples as one batch. */
    static List<FloatTensor> gradients(TrainableModel model, Batches batches) {
        try (NDManager unit = model.newUnit()) {
            int[] all = IntStream.range(0, batches.size()).toArray();
            List<FloatTensor> heap = new ArrayList<>();
            for (NDArray gradient : batches.loss(all, 0, unit).gradients()) {
                heap.add(FloatTensor.of(gradient.toFloatArray(), gradient.getShape().getShape()));
            }
            return heap;
        }
    }

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
