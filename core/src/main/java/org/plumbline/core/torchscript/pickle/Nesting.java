package org.plumbline.core.torchscript.pickle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Depth of a graph of values: the longest way down, each shared value visited once. The native
 * reader and our own walk recurse over it. Confined to one thread.
 */
final class Nesting {
    private static final int UNDER_WAY = -1;

    private final int limit;
    private final IdentityHashMap<PickleValue, Integer> depths = new IdentityHashMap<>();
    private final Deque<Visit> open = new ArrayDeque<>();

    private Nesting(int limit) {
        this.limit = limit;
    }

    /** Returns whether no way down is longer than {@code limit}; a cycle is one without end. */
    static boolean within(PickleValue root, int limit) {
        Nesting nesting = new Nesting(limit);
        nesting.enter(root);
        boolean fits = true;
        while (fits && !nesting.open.isEmpty()) {
            fits = nesting.step();
        }
        return fits;
    }

    private void enter(PickleValue value) {
        depths.put(value, UNDER_WAY);
        open.push(new Visit(value, value.children()));
    }

    private boolean step() {
        Visit visit = open.element();
        if (visit.next == visit.children.size()) {
            open.pop();
            depths.put(visit.value, visit.depth);
            if (!open.isEmpty()) {
                open.element().below(visit.depth);
            }
            return visit.depth <= limit;
        }
        PickleValue child = visit.children.get(visit.next++);
        Integer known = depths.get(child);
        if (known == null) {
            enter(child);
            return open.size() <= limit + 1;
        }
        visit.below(known);
        return known != UNDER_WAY;
    }

    /** A value whose children are being visited. Confined to one thread. */
    private static final class Visit {
        private final PickleValue value;
        private final List<PickleValue> children;
        private int next;
        private int depth;

        Visit(PickleValue value, List<PickleValue> children) {
            this.value = value;
            this.children = children;
        }

        void below(int childDepth) {
            depth = Math.max(depth, childDepth + 1);
        }
    }
}
