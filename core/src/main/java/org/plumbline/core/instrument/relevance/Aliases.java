package org.plumbline.core.instrument.relevance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names that may share memory. Confined to one thread. */
final class Aliases {
    private final Map<String, List<String>> groups = new HashMap<>();

    void add(String a, String b) {
        List<String> group = new ArrayList<>(of(a));
        group.addAll(of(b));
        group.add(a);
        group.add(b);
        group.forEach(name -> groups.put(name, group));
    }

    /** Returns the other names. */
    List<String> of(String name) {
        return Optional.ofNullable(groups.get(name)).orElse(List.of()).stream()
                .filter(n -> !n.equals(name))
                .distinct()
                .toList();
    }
}
