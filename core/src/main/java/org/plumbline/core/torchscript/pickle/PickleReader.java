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
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads the opcodes TorchScript writes, and refuses every other. Names of classes and functions are
 * kept as names and checked against an allowlist. Nesting is bounded, since the native reader
 * recurses. No opcode drops a value, so every tensor the native reader would make hangs on the
 * value returned. Confined to one thread.
 *
 * <p>Source: CPython {@code pickletools}; PyTorch {@code torch/csrc/jit/serialization/pickler.cpp}.
 */
public final class PickleReader {
    private static final int DEEPEST = 100;

    private final PickleInput in;
    private final PickleStack stack;
    private final Predicate<String> allowed;

    private PickleReader(String name, byte[] pickle, Predicate<String> allowed) {
        this.in = new PickleInput(name, pickle);
        this.stack = new PickleStack(name);
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
            if (!Nesting.within(root, DEEPEST)) {
                throw reader.in.bad("nested deeper than " + DEEPEST, "flatter data");
            }
            return root;
        } catch (BufferUnderflowException e) {
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE, name + ": truncated (expected: a whole pickle)", e);
        }
    }

    private PickleValue run() {
        while (true) {
            int offset = in.position();
            int opcode = in.unsignedByte();
            if (opcode == '.') {
                return stack.last();
            }
            if (!scalar(opcode) && !container(opcode) && !memory(opcode)) {
                object(opcode, offset);
            }
        }
    }

    private boolean scalar(int opcode) {
        switch (opcode) {
            case 0x80 -> in.unsignedByte(); // PROTO
            case 'X' -> stack.push(new Text(in.text()));
            case 'K' -> stack.push(new Whole(in.unsignedByte()));
            case 'M' -> stack.push(new Whole(in.unsignedShort()));
            case 'J' -> stack.push(new Whole(in.signedInt()));
            case 0x8a -> stack.push(new Whole(in.shortLong()));
            case 'G' -> stack.push(new Real(in.bigEndianDouble()));
            case 'N' -> stack.push(new None());
            case 0x88 -> stack.push(new Flag(true));
            case 0x89 -> stack.push(new Flag(false));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int opcode) {
        switch (opcode) {
            case '(' -> stack.mark();
            case ')' -> stack.push(new Tuple(List.of()));
            case 0x85 -> stack.push(new Tuple(stack.popLast(1)));
            case 0x86 -> stack.push(new Tuple(stack.popLast(2)));
            case 0x87 -> stack.push(new Tuple(stack.popLast(3)));
            case 't' -> stack.push(new Tuple(stack.popToMark()));
            case ']' -> stack.push(new Sequence());
            case 'a' -> append(stack.popLast(1));
            case 'e' -> append(stack.popToMark());
            case '}' -> stack.push(new Dictionary());
            case 's' -> put(stack.popLast(2));
            case 'u' -> put(stack.popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean memory(int opcode) {
        switch (opcode) {
            case 'q' -> stack.memoize(in.unsignedByte());
            case 'r' -> stack.memoize(in.signedInt());
            case 'h' -> stack.push(stack.recall(in.unsignedByte()));
            case 'j' -> stack.push(stack.recall(in.signedInt()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void object(int opcode, int offset) {
        switch (opcode) {
            case 'c' -> stack.push(global());
            case 'Q' -> stack.push(new Persistent(stack.pop()));
            case 'R' -> {
                PickleValue arguments = stack.pop();
                stack.push(new Applied(stack.pop(GlobalName.class), arguments));
            }
            case 0x81 -> {
                if (!stack.pop(Tuple.class).values().isEmpty()) {
                    throw in.bad("arguments of a new object", "none");
                }
                stack.push(new Instance(stack.pop(GlobalName.class)));
            }
            case 'b' -> build(stack.pop());
            default ->
                    throw in.bad(
                            "opcode 0x" + Integer.toHexString(opcode) + " at " + offset,
                            "an opcode TorchScript writes");
        }
    }

    private void build(PickleValue state) {
        Instance instance = stack.top(Instance.class);
        if (instance.state().isPresent()) {
            throw in.bad("an object built twice", "one state");
        }
        instance.build(state);
    }

    private GlobalName global() {
        GlobalName global = new GlobalName(in.line(), in.line());
        if (!allowed.test(global.qualified())) {
            throw in.bad(global.qualified(), "a callable TorchScript writes");
        }
        return global;
    }

    private void append(List<PickleValue> values) {
        values.forEach(stack.top(Sequence.class)::add);
    }

    private void put(List<PickleValue> pairs) {
        if (pairs.size() % 2 != 0) {
            throw in.bad("a key without value", "pairs");
        }
        Dictionary dictionary = stack.top(Dictionary.class);
        for (int i = 0; i < pairs.size(); i += 2) {
            dictionary.put(pairs.get(i), pairs.get(i + 1));
        }
    }
}
