package org.plumbline.core.torchscript.pickle;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stack, marks and memo of a pickle machine; the number of values is bounded. Confined to one
 * thread.
 */
final class PickleStack {
    /**
     * Ten times what the largest published classifiers need; keeps a hostile pickle below 128 MB.
     */
    private static final int MOST_VALUES = 1_000_000;

    private final String name;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, PickleValue> memo = new HashMap<>();
    private int operations;

    PickleStack(String name) {
        this.name = name;
    }

    void push(PickleValue value) {
        count();
        stack.add(value);
    }

    PickleValue pop() {
        int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (stack.size() <= floor) {
            throw bad("stack underflow", "balanced opcodes");
        }
        return stack.remove(stack.size() - 1);
    }

    /** Returns the only value left. */
    PickleValue last() {
        PickleValue value = pop();
        if (!stack.isEmpty() || !marks.isEmpty()) {
            throw bad(stack.size() + " values left over", "one value");
        }
        return value;
    }

    <T extends PickleValue> T pop(Class<T> type) {
        PickleValue value = pop();
        if (!type.isInstance(value)) {
            throw bad(value.getClass().getSimpleName(), type.getSimpleName());
        }
        return type.cast(value);
    }

    /** Returns the top, which stays. */
    <T extends PickleValue> T top(Class<T> type) {
        T value = pop(type);
        stack.add(value);
        return value;
    }

    List<PickleValue> popLast(int count) {
        List<PickleValue> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(pop());
        }
        Collections.reverse(values);
        return values;
    }

    void mark() {
        count();
        marks.add(stack.size());
    }

    List<PickleValue> popToMark() {
        if (marks.isEmpty() || marks.get(marks.size() - 1) > stack.size()) {
            throw bad("no mark", "balanced opcodes");
        }
        int from = marks.remove(marks.size() - 1);
        List<PickleValue> tail = stack.subList(from, stack.size());
        List<PickleValue> values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    /** Keys are dense, and the native reader makes room for every key below the largest. */
    void memoize(int key) {
        count();
        if (key < 0 || key >= MOST_VALUES) {
            throw bad("memo key " + Integer.toUnsignedLong(key), "0 to " + (MOST_VALUES - 1));
        }
        memo.put(key, top(PickleValue.class));
    }

    PickleValue recall(int key) {
        PickleValue value = memo.get(key);
        if (value == null) {
            throw bad("memo " + key, "a value stored before");
        }
        return value;
    }

    private void count() {
        if (++operations > MOST_VALUES) {
            throw bad("more than " + MOST_VALUES + " values", "fewer values");
        }
    }

    private AuditException bad(Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, name, value, expected);
    }
}
