package org.plumbline.core.torchscript.pickle;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.pickle.PickleValue.Applied;
import org.plumbline.core.torchscript.pickle.PickleValue.Dictionary;
import org.plumbline.core.torchscript.pickle.PickleValue.Flag;
import org.plumbline.core.torchscript.pickle.PickleValue.GlobalName;
import org.plumbline.core.torchscript.pickle.PickleValue.Instance;
import org.plumbline.core.torchscript.pickle.PickleValue.None;
import org.plumbline.core.torchscript.pickle.PickleValue.Persistent;
import org.plumbline.core.torchscript.pickle.PickleValue.Real;
import org.plumbline.core.torchscript.pickle.PickleValue.Sequence;
import org.plumbline.core.torchscript.pickle.PickleValue.Text;
import org.plumbline.core.torchscript.pickle.PickleValue.Tuple;
import org.plumbline.core.torchscript.pickle.PickleValue.Whole;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads the opcodes TorchScript writes, and refuses every other. Names of classes and functions are
 * kept as names and checked against an allowlist. Nesting is bounded, since the native reader
 * recurses. Confined to one thread.
 *
 * <p>Source: CPython {@code pickletools}; PyTorch {@code torch/csrc/jit/serialization/pickler.cpp}.
 */
public final class PickleReader {
    private static final int DEEPEST = 100;
    private static final int LONGEST_LINE = 4096;

    private final String name;
    private final ByteBuffer in;
    private final Predicate<String> allowed;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, PickleValue> memo = new HashMap<>();

    private PickleReader(String name, byte[] pickle, Predicate<String> allowed) {
        this.name = name;
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.allowed = allowed;
    }

    /**
     * Reads one pickle.
     *
     * @param name stands in messages
     * @param allowed which {@code module.name} may be named
     * @throws AuditException {@code BAD_ARCHIVE} with the opcode or name that is refused
     */
    public static PickleValue read(String name, byte[] pickle, Predicate<String> allowed) {
        PickleReader reader = new PickleReader(name, pickle, allowed);
        try {
            PickleValue root = reader.run();
            reader.checkDepth(root);
            return root;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE, name + ": truncated (expected: a whole pickle)", e);
        }
    }

    private PickleValue run() {
        while (true) {
            int offset = in.position();
            int opcode = in.get() & 0xff;
            if (opcode == '.') {
                return pop();
            }
            if (!scalar(opcode) && !container(opcode) && !memory(opcode)) {
                object(opcode, offset);
            }
        }
    }

    private boolean scalar(int opcode) {
        switch (opcode) {
            case 0x80 -> in.get(); // PROTO
            case 'X' -> push(new Text(utf8(in.getInt())));
            case 'K' -> push(new Whole(in.get() & 0xff));
            case 'M' -> push(new Whole(in.getShort() & 0xffff));
            case 'J' -> push(new Whole(in.getInt()));
            case 0x8a -> push(new Whole(long1()));
            case 'G' -> push(new Real(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))));
            case 'N' -> push(new None());
            case 0x88 -> push(new Flag(true));
            case 0x89 -> push(new Flag(false));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int opcode) {
        switch (opcode) {
            case '(' -> marks.add(stack.size());
            case ')' -> push(new Tuple(List.of()));
            case 0x85 -> push(new Tuple(popLast(1)));
            case 0x86 -> push(new Tuple(popLast(2)));
            case 0x87 -> push(new Tuple(popLast(3)));
            case 't' -> push(new Tuple(popToMark()));
            case ']' -> push(new Sequence());
            case 'a' -> {
                PickleValue value = pop();
                top(Sequence.class).add(value);
            }
            case 'e' -> {
                List<PickleValue> values = popToMark();
                values.forEach(top(Sequence.class)::add);
            }
            case '}' -> push(new Dictionary());
            case 's' -> put(popLast(2));
            case 'u' -> put(popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean memory(int opcode) {
        switch (opcode) {
            case 'q' -> memo.put(in.get() & 0xff, peek());
            case 'r' -> memo.put(in.getInt(), peek());
            case 'h' -> push(recall(in.get() & 0xff));
            case 'j' -> push(recall(in.getInt()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void object(int opcode, int offset) {
        switch (opcode) {
            case 'c' -> push(global());
            case 'Q' -> push(new Persistent(pop()));
            case 'R' -> {
                PickleValue arguments = pop();
                push(new Applied(popAs(GlobalName.class), arguments));
            }
            case 0x81 -> {
                pop();
                push(new Instance(popAs(GlobalName.class)));
            }
            case 'b' -> {
                PickleValue state = pop();
                top(Instance.class).build(state);
            }
            default ->
                    throw bad(
                            "opcode 0x" + Integer.toHexString(opcode) + " at " + offset,
                            "an opcode TorchScript writes");
        }
    }

    private GlobalName global() {
        GlobalName global = new GlobalName(line(), line());
        if (!allowed.test(global.qualified())) {
            throw bad(global.qualified(), "a callable TorchScript writes");
        }
        return global;
    }

    private String line() {
        StringBuilder text = new StringBuilder();
        for (char c = (char) (in.get() & 0xff); c != '\n'; c = (char) (in.get() & 0xff)) {
            if (text.length() >= LONGEST_LINE) {
                throw bad("a name over " + LONGEST_LINE + " characters", "shorter names");
            }
            text.append(c);
        }
        return text.toString();
    }

    private String utf8(int length) {
        if (length < 0 || length > in.remaining()) {
            throw bad("text of " + length + " bytes", "at most " + in.remaining());
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private long long1() {
        int length = in.get() & 0xff;
        if (length > Long.BYTES) {
            throw bad("a number of " + length + " bytes", "at most 8 bytes");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (in.get() & 0xffL) << (8 * i);
        }
        int unused = Long.SIZE - 8 * length;
        return length == 0 ? 0 : value << unused >> unused;
    }

    private void put(List<PickleValue> pairs) {
        if (pairs.size() % 2 != 0) {
            throw bad("a key without value", "pairs");
        }
        Dictionary dictionary = top(Dictionary.class);
        for (int i = 0; i < pairs.size(); i += 2) {
            dictionary.put(pairs.get(i), pairs.get(i + 1));
        }
    }

    private void push(PickleValue value) {
        stack.add(value);
    }

    private PickleValue pop() {
        int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (stack.size() <= floor) {
            throw bad("stack underflow", "balanced opcodes");
        }
        return stack.remove(stack.size() - 1);
    }

    private PickleValue peek() {
        PickleValue value = pop();
        push(value);
        return value;
    }

    private <T extends PickleValue> T popAs(Class<T> type) {
        PickleValue value = pop();
        if (!type.isInstance(value)) {
            throw bad(value.getClass().getSimpleName(), type.getSimpleName());
        }
        return type.cast(value);
    }

    private <T extends PickleValue> T top(Class<T> type) {
        T value = popAs(type);
        push(value);
        return value;
    }

    private List<PickleValue> popLast(int count) {
        List<PickleValue> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(0, pop());
        }
        return values;
    }

    private List<PickleValue> popToMark() {
        if (marks.isEmpty() || marks.get(marks.size() - 1) > stack.size()) {
            throw bad("no mark", "balanced opcodes");
        }
        int from = marks.remove(marks.size() - 1);
        List<PickleValue> tail = stack.subList(from, stack.size());
        List<PickleValue> values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    private PickleValue recall(int key) {
        PickleValue value = memo.get(key);
        if (value == null) {
            throw bad("memo " + key, "a value stored before");
        }
        return value;
    }

    /** Goes down level by level; shared values are visited once a level, so time is bounded. */
    private void checkDepth(PickleValue root) {
        Set<PickleValue> level = Collections.newSetFromMap(new IdentityHashMap<>());
        level.add(root);
        for (int depth = 0; !level.isEmpty(); depth++) {
            if (depth > DEEPEST) {
                throw bad("nested deeper than " + DEEPEST, "flatter data");
            }
            Set<PickleValue> below = Collections.newSetFromMap(new IdentityHashMap<>());
            level.forEach(value -> below.addAll(value.children()));
            level = below;
        }
    }

    private AuditException bad(Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, name, value, expected);
    }
}
