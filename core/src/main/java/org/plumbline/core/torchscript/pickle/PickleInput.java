package org.plumbline.core.torchscript.pickle;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a pickle, read as opcodes and their arguments. Reading beyond the end throws {@link
 * BufferUnderflowException}. Confined to one thread.
 */
final class PickleInput {
    private static final int LONGEST_LINE = 4096;

    private final String name;
    private final ByteBuffer in;

    PickleInput(String name, byte[] pickle) {
        this.name = name;
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    int position() {
        return in.position();
    }

    int unsignedByte() {
        return in.get() & 0xff;
    }

    int unsignedShort() {
        return in.getShort() & 0xffff;
    }

    int signedInt() {
        return in.getInt();
    }

    /** Returns a double in the big-endian order of {@code BINFLOAT}. */
    double bigEndianDouble() {
        return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
    }

    /** Returns the characters up to the next line feed, which is consumed. */
    String line() {
        StringBuilder text = new StringBuilder();
        for (char c = (char) unsignedByte(); c != '\n'; c = (char) unsignedByte()) {
            if (text.length() >= LONGEST_LINE) {
                throw bad("a name over " + LONGEST_LINE + " characters", "shorter names");
            }
            text.append(c);
        }
        return text.toString();
    }

    /** Returns text behind its length in four bytes. */
    String text() {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw bad("text of " + length + " bytes", "at most " + in.remaining());
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Returns a signed number of up to eight bytes behind its length in one. */
    long shortLong() {
        int length = unsignedByte();
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

    AuditException bad(Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, name, value, expected);
    }
}
