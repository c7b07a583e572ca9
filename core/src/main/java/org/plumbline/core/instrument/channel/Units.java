package org.plumbline.core.instrument.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Channels that stay or go together, as disjoint sets: those a sum adds are one. A unit may be
 * pinned, then its set stays. Confined to one thread.
 */
final class Units {
    /** The unit of everything that no layer of the program made. */
    static final int FIXED = 0;

    private final List<Integer> parents = new ArrayList<>(List.of(FIXED));
    private final Map<Integer, String> pins = new HashMap<>(Map.of(FIXED, "not made by a layer"));

    /** Returns new units. */
    int[] fresh(int count) {
        int[] units = new int[count];
        for (int i = 0; i < count; i++) {
            units[i] = parents.size();
            parents.add(units[i]);
        }
        return units;
    }

    /** Returns so many times the fixed unit. */
    static int[] fixed(int count) {
        int[] units = new int[count];
        Arrays.fill(units, FIXED);
        return units;
    }

    int size() {
        return parents.size();
    }

    /** Returns the unit that stands for the set of one. */
    int root(int unit) {
        int root = unit;
        while (parents.get(root) != root) {
            root = parents.get(root);
        }
        for (int at = unit; at != root; ) {
            int next = parents.get(at);
            parents.set(at, root);
            at = next;
        }
        return root;
    }

    /** Joins the sets of two units. */
    void tie(int a, int b) {
        int into = Math.min(root(a), root(b));
        int from = Math.max(root(a), root(b));
        if (into != from) {
            parents.set(from, into);
            String pin = pins.remove(from);
            if (pin != null) {
                pins.putIfAbsent(into, pin);
            }
        }
    }

    /** Makes the set of a unit stay. */
    void pin(int unit, String reason) {
        pins.putIfAbsent(root(unit), reason);
    }

    /** Returns why the set of a unit must stay, if it must. */
    Optional<String> pinned(int unit) {
        return Optional.ofNullable(pins.get(root(unit)));
    }
}
