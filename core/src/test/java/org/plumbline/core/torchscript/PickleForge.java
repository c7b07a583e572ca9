package org.plumbline.core.torchscript;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode. Confined to one test. */
final class PickleForge {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleForge() {
        raw("\u0080\u0002");
    }

    /** Returns a module of class {@code __torch__.M} with one tensor. */
    static byte[] module(PickleForge tensor) {
        return new PickleForge()
                .global("__torch__", "M")
                .raw(")\u0081}")
                .text("weight")
                .append(tensor)
                .raw("sb.")
                .bytes();
    }

    /** Returns a tensor over storage {@code key} of {@code numel} floats. */
    static PickleForge tensor(String key, long numel, long offset, long[] shape, long[] strides) {
        PickleForge pickle = new PickleForge();
        pickle.out.reset();
        return pickle.global("torch._utils", "_rebuild_tensor_v2")
                .raw("((")
                .text("storage")
                .global("torch", "FloatStorage")
                .text(key)
                .text("cpu")
                .whole(numel)
                .raw("tQ")
                .whole(offset)
                .wholes(shape)
                .wholes(strides)
                .raw("\u0089")
                .global("collections", "OrderedDict")
                .raw(")RtR");
    }

    PickleForge raw(String opcodes) {
        out.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    PickleForge global(String module, String name) {
        return raw("c" + module + "\n" + name + "\n");
    }

    PickleForge text(String text) {
        out.write('X');
        number(4, text.length());
        return raw(text);
    }

    PickleForge whole(long value) {
        return raw("\u008a\u0008").number(8, value);
    }

    PickleForge append(PickleForge other) {
        out.writeBytes(other.bytes());
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private PickleForge wholes(long[] values) {
        raw("(");
        for (long value : values) {
            whole(value);
        }
        return raw("t");
    }

    private PickleForge number(int bytes, long value) {
        byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
        out.write(all, 0, bytes);
        return this;
    }
}
