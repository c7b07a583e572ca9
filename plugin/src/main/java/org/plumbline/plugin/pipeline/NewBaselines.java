package org.plumbline.plugin.pipeline;

import java.util.HashMap;
import java.util.Map;

/** Baselines frozen since they were last kept. Confined to one thread. */
final class NewBaselines {
    private final Map<Baselines, Map<DriftKey, FrozenBaseline>> frozen = new HashMap<>();

    void add(Baselines home, DriftKey key, FrozenBaseline made) {
        frozen.computeIfAbsent(home, b -> new HashMap<>()).put(key, made);
    }

    void keep() {
        frozen.forEach(Baselines::keep);
        frozen.clear();
    }
}
