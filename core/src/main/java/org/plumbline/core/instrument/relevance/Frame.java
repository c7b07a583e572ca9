package org.plumbline.core.instrument.relevance;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The names of one body while it is written out. Confined to one thread. */
final class Frame {
    private final String module;
    private final int depth;
    private final Map<String, Value> values;
    private final Map<String, String> types;

    private Frame(String module, int depth, Map<String, Value> values, Map<String, String> types) {
        this.module = module;
        this.depth = depth;
        this.values = values;
        this.types = types;
    }

    /** Returns the frame of a body called at some depth in a module. */
    static Frame of(String module, int depth) {
        return new Frame(module, depth, new HashMap<>(), new HashMap<>());
    }

    /** Returns a frame whose assignments do not reach this one. */
    Frame arm() {
        return new Frame(module, depth, new HashMap<>(values), types);
    }

    String module() {
        return module;
    }

    int depth() {
        return depth;
    }

    /** Returns what each name stands for, live. */
    Map<String, Value> values() {
        return values;
    }

    /** Returns what a name that was assigned stands for. */
    Value value(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** Returns the types that the exporter stated for names, live. */
    Map<String, String> types() {
        return types;
    }
}
