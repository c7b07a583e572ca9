package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import java.util.LinkedHashMap;
import java.util.Map;

/** The loss of some samples as a function of live parameters. Confined to one thread. */
@FunctionalInterface
public interface BatchLoss {
    /**
     * Computes it.
     *
     * @param unit scope of the step; the results hang on it
     */
    Terms of(NDManager unit, Trainee.Step step);

    /**
     * A loss and what it is made of.
     *
     * @param loss scalar with its graph
     * @param parts scalars for the listener, by name
     */
    record Terms(NDArray loss, Map<String, NDArray> parts) {
        /** Copies the parts. */
        public Terms {
            parts = Map.copyOf(parts);
        }

        /** Returns every value, the loss as {@code loss}. */
        Map<String, Double> values() {
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("loss", value(loss));
            parts.forEach((name, part) -> values.put(name, value(part)));
            return values;
        }

        private static double value(NDArray scalar) {
            return scalar.toFloatArray()[0];
        }
    }
}
