package org.plumbline.core.torchscript.pickle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A value read from a pickle; plain data, whatever the pickle says. */
public sealed interface PickleValue {

    /** Returns the values directly inside this one. */
    default List<PickleValue> children() {
        return List.of();
    }

    /** Text. Immutable. */
    record Text(String value) implements PickleValue {}

    /** A whole number. Immutable. */
    record Whole(long value) implements PickleValue {}

    /** A floating-point number. Immutable. */
    record Real(double value) implements PickleValue {}

    /** A truth value. Immutable. */
    record Flag(boolean value) implements PickleValue {}

    /** None. Immutable. */
    record None() implements PickleValue {}

    /** The name of a class or function, never resolved. Immutable. */
    record GlobalName(String module, String name) implements PickleValue {
        /** Returns {@code module.name}. */
        public String qualified() {
            return module + "." + name;
        }
    }

    /** A tuple. Immutable. */
    record Tuple(List<PickleValue> values) implements PickleValue {
        /** Copies the values. */
        public Tuple {
            values = List.copyOf(values);
        }

        @Override
        public List<PickleValue> children() {
            return values;
        }
    }

    /** A reference to storage outside the pickle. Immutable. */
    record Persistent(PickleValue id) implements PickleValue {
        @Override
        public List<PickleValue> children() {
            return List.of(id);
        }
    }

    /** A function applied to arguments, not called. Immutable. */
    record Applied(GlobalName function, PickleValue arguments) implements PickleValue {
        @Override
        public List<PickleValue> children() {
            return List.of(arguments);
        }
    }

    /** A list, filled while reading. Confined to its reader until the pickle ends. */
    final class Sequence implements PickleValue {
        private final List<PickleValue> values = new ArrayList<>();

        void add(PickleValue value) {
            values.add(value);
        }

        @Override
        public List<PickleValue> children() {
            return Collections.unmodifiableList(values);
        }
    }

    /** A dictionary in the order of its keys. Confined to its reader until the pickle ends. */
    final class Dictionary implements PickleValue {
        private final List<PickleValue> keys = new ArrayList<>();
        private final List<PickleValue> values = new ArrayList<>();

        void put(PickleValue key, PickleValue value) {
            keys.add(key);
            values.add(value);
        }

        /** Returns the keys. */
        public List<PickleValue> keys() {
            return Collections.unmodifiableList(keys);
        }

        /** Returns the values, one for each key. */
        public List<PickleValue> values() {
            return Collections.unmodifiableList(values);
        }

        @Override
        public List<PickleValue> children() {
            List<PickleValue> all = new ArrayList<>(keys);
            all.addAll(values);
            return all;
        }
    }

    /** An object of a named class with its state. Confined to its reader until the pickle ends. */
    final class Instance implements PickleValue {
        private final GlobalName type;
        private Optional<PickleValue> state = Optional.empty();

        Instance(GlobalName type) {
            this.type = type;
        }

        /** Returns its class. */
        public GlobalName type() {
            return type;
        }

        /** Returns the state it was built with. */
        public Optional<PickleValue> state() {
            return state;
        }

        void build(PickleValue built) {
            state = Optional.of(built);
        }

        @Override
        public List<PickleValue> children() {
            return state.map(List::of).orElse(List.of());
        }
    }
}
