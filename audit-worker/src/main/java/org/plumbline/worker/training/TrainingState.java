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

    /** Returns this state and more tensors. */
    public TrainingState with(Map<String, FloatTensor> more) {
        Map<String, FloatTensor> all = new LinkedHashMap<>(tensors);
        all.putAll(more);
        return new TrainingState(all, counters);
    }

    /** Returns this state and another counter. */
    public TrainingState with(String counter, long value) {
        Map<String, Long> all = new LinkedHashMap<>(counters);
        all.put(counter, value);
        return new TrainingState(tensors, all);
    }

    /** Returns the tensors whose names begin with a prefix, by what follows it. */
    public Map<String, FloatTensor> below(String prefix) {
        Map<String, FloatTensor> found = new LinkedHashMap<>();
        tensors.forEach(
                (name, values) -> {
                    if (name.startsWith(prefix)) {
                        found.put(name.substring(prefix.length()), values);
                    }
                });
        return found;
    }
}
