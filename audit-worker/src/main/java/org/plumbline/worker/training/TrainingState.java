package org.plumbline.worker.training;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What training has made so far. Randomness is no part of it: a step's draws follow from the seed
 * and its number. Immutable.
 *
 * @param tensors by name, such as {@code model/fc.weight}
 * @param counters by name, such as updates of an optimiser
 */
public record TrainingState(Map<String, FloatTensor> tensors, Map<String, Long> counters) {
    /** Copies the maps, keeping their order. */
    public TrainingState {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    }
}
