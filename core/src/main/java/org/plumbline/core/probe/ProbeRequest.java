package org.plumbline.core.probe;

import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;

import java.util.List;
import java.util.Optional;

/**
 * What to try. Immutable.
 *
 * @param shape of the batch, such as {@code [2, 3, 224, 224]}; every extent at least 1
 * @param layer where audit methods are added and run as well
 * @param output where the logits are, for models that return more
 */
public record ProbeRequest(
        List<Long> shape,
        Optional<LayerPath> layer,
        Optional<OutputSelector> output,
        ProbeLimits limits) {
    private static final long LARGEST = 1L << 28;

    /**
     * Copies the shape and checks it.
     *
     * @throws IllegalArgumentException if it is empty or has no or too many elements
     */
    public ProbeRequest {
        shape = List.copyOf(shape);
        long elements = 1;
        for (long extent : shape) {
            elements = extent < 1 || extent > LARGEST ? LARGEST + 1 : elements * extent;
            if (elements > LARGEST) {
                throw new IllegalArgumentException(
                        "shape: " + shape + " (expected: 1 to " + LARGEST + " elements)");
            }
        }
        if (shape.isEmpty()) {
            throw new IllegalArgumentException("shape: [] (expected: at least one extent)");
        }
    }

    /** Makes one for models that return the logits, or have them first. */
    public ProbeRequest(List<Long> shape, Optional<LayerPath> layer, ProbeLimits limits) {
        this(shape, layer, Optional.empty(), limits);
    }
}
