package org.plumbline.core.torchscript.pickle;

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

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Writes what {@link PickleReader} read with the opcodes TorchScript writes; what was one object
 * stays one. Confined to one thread.
 */
public final class PickleWriter {
    private static final int KEY = 2; // ("storage", type, key, device, elements)

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private IdentityHashMap<PickleValue, Integer> memo = new IdentityHashMap<>();
    private int memoized;
    private UnaryOperator<String> keys = UnaryOperator.identity();
    private UnaryOperator<Applied> applications = UnaryOperator.identity();

    private PickleWriter() {}

    /** Returns the pickle of a value. */
    public static byte[] write(PickleValue root) {
        return write(root, UnaryOperator.identity());
    }

    /**
     * Returns the pickle of a value with other applications of functions, tensors above all.
     *
     * @param applications what stands in the place of each; asked once for each object
     */
    public static byte[] write(PickleValue root, UnaryOperator<Applied> applications) {
        PickleWriter writer = new PickleWriter();
        writer.applications = applications;
        writer.out(0x80, 2);
        writer.value(root);
        writer.out('.');
        return writer.out.toByteArray();
    }

    /**
     * A second copy of the root inside the root. Immutable.
     *
     * @param attribute its name there
     * @param type class of the copy, whose other objects keep theirs
     * @param keys names the storages of the copy by those of the original
     */
    public record Twin(String attribute, GlobalName type, UnaryOperator<String> keys) {}

    /**
     * Returns the pickle of a module that has one more attribute, a copy of itself that shares
     * nothing with it.
     *
     * @param root a module whose state is a dictionary of its attributes
     */
    public static byte[] write(Instance root, Twin twin) {
        PickleWriter writer = new PickleWriter();
        writer.out(0x80, 2);
        writer.begin(root.type());
        writer.entries(attributes(root));
        writer.text(twin.attribute());
        writer.memo = new IdentityHashMap<>();
        writer.keys = twin.keys();
        writer.begin(twin.type());
        writer.entries(attributes(root));
        writer.out('u', 'b', 'u', 'b', '.');
        return writer.out.toByteArray();
    }

    private static Dictionary attributes(Instance root) {
        return root.state()
                .filter(Dictionary.class::isInstance)
                .map(Dictionary.class::cast)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "root: "
                                                + root.type().qualified()
                                                + " (expected: a module with attributes)"));
    }

    private void begin(GlobalName type) {
        global(type);
        out(')', 0x81, '}', '(');
    }

    private void value(PickleValue value) {
        Integer known = memo.get(value);
        if (known != null) {
            out('j');
            littleEndian(known);
        } else if (!scalar(value)) {
            composite(value);
        }
    }

    private boolean scalar(PickleValue value) {
        if (value instanceof Text text) {
            text(text.value());
        } else if (value instanceof Whole whole) {
            whole(whole.value());
        } else if (value instanceof Real real) {
            out('G');
            out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(real.value()).array());
        } else if (value instanceof Flag flag) {
            out(flag.value() ? 0x88 : 0x89);
        } else if (value instanceof None) {
            out('N');
        } else if (value instanceof GlobalName global) {
            global(global);
        } else {
            return false;
        }
        return true;
    }

    private void composite(PickleValue value) {
        if (value instanceof Tuple tuple) {
            tuple(tuple);
        } else if (value instanceof Persistent persistent) {
            tuple(renamed((Tuple) persistent.id()));
            out('Q');
        } else if (value instanceof Applied applied) {
            Applied written = applications.apply(applied);
            global(written.function());
            value(written.arguments());
            out('R');
        } else if (value instanceof Sequence sequence) {
            out(']', '(');
            sequence.children().forEach(this::value);
            out('e');
        } else if (value instanceof Dictionary dictionary) {
            out('}', '(');
            entries(dictionary);
            out('u');
        } else if (value instanceof Instance instance) {
            global(instance.type());
            out(')', 0x81);
            instance.state().ifPresent(this::built);
        }
        memoize(value);
    }

    private void built(PickleValue state) {
        value(state);
        out('b');
    }

    private void tuple(Tuple tuple) {
        if (tuple.values().isEmpty()) {
            out(')');
        } else {
            out('(');
            tuple.values().forEach(this::value);
            out('t');
        }
    }

    private Tuple renamed(Tuple id) {
        if (id.values().size() > KEY && id.values().get(KEY) instanceof Text key) {
            List<PickleValue> values = new ArrayList<>(id.values());
            values.set(KEY, new Text(keys.apply(key.value())));
            return new Tuple(values);
        }
        return id;
    }

    private void entries(Dictionary dictionary) {
        for (int i = 0; i < dictionary.keys().size(); i++) {
            value(dictionary.keys().get(i));
            value(dictionary.values().get(i));
        }
    }

    private void memoize(PickleValue value) {
        memo.put(value, memoized);
        out('r');
        littleEndian(memoized++);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out('X');
        littleEndian(bytes.length);
        out.writeBytes(bytes);
    }

    private void whole(long value) {
        if (value >= 0 && value < 256) {
            out('K', (int) value);
        } else if (value == (int) value) {
            out('J');
            littleEndian((int) value);
        } else {
            out(0x8a, Long.BYTES);
            out.writeBytes(
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(value)
                            .array());
        }
    }

    private void global(GlobalName global) {
        String lines = global.module() + "\n" + global.name() + "\n";
        out('c');
        out.writeBytes(lines.getBytes(StandardCharsets.UTF_8));
    }

    private void littleEndian(int value) {
        out.writeBytes(
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(value)
                        .array());
    }

    private void out(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
    }
}
