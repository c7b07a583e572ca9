package org.plumbline.core.tensor;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy {@code .npy} arrays, little endian and C order. Element types {@code <f4 <f8 <i8 <i4 |u1
 * |b1} are read; {@code <f4} and {@code <i8} are written. Thread-safe.
 *
 * <p>Source: NumPy enhancement proposal 1, format versions 1.0 and 2.0.
 */
public final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9, L]*)\\)");
    private static final int ALIGNMENT = 64;
    private static final int LONGEST_HEADER = 1 << 16;
    private static final int BLOCK = 1 << 16;

    private NpyFile() {}

    /**
     * Reads an array as floats; integers and doubles are converted.
     *
     * @throws AuditException {@code BAD_DATA} if the file is no such array
     */
    public static FloatTensor readFloats(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return readFloats(in, file.getFileName().toString(), Files.size(file));
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /**
     * Reads an array as floats from a stream.
     *
     * @param name stands in messages
     * @param limit bytes the array may have at most, so that no header can claim memory
     */
    public static FloatTensor readFloats(InputStream in, String name, long limit) {
        try {
            Header header = Header.read(in, name);
            float[] values = new float[header.count(name, limit)];
            int[] next = {0};
            header.forEach(in, name, (raw, at) -> values[next[0]++] = (float) header.real(raw, at));
            return FloatTensor.of(values, header.shape);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /**
     * Reads a one-dimensional array of whole numbers.
     *
     * @throws AuditException {@code BAD_DATA} if the file is no such array
     */
    public static long[] readLongs(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String name = file.getFileName().toString();
            Header header = Header.read(in, name);
            if (header.shape.length != 1) {
                throw bad(name, "shape " + Arrays.toString(header.shape), "one axis");
            }
            long[] values = new long[header.count(name, Files.size(file))];
            int[] next = {0};
            header.forEach(in, name, (raw, at) -> values[next[0]++] = header.whole(raw, at, name));
            return values;
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** Writes floats as {@code <f4}. */
    public static void write(Path file, FloatTensor tensor) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            write(out, tensor);
        }
    }

    /** Writes floats as {@code <f4} to a stream, which stays open. */
    public static void write(OutputStream out, FloatTensor tensor) throws IOException {
        out.write(header("<f4", tensor.shape()));
        writeValues(out, tensor.values());
    }

    /** Writes the start of a {@code <f4} array, whose values follow by {@link #writeValues}. */
    static void writeHeader(OutputStream out, long[] shape) throws IOException {
        out.write(header("<f4", shape));
    }

    static void writeValues(OutputStream out, float[] values) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (!block.hasRemaining()) {
                out.write(block.array());
                block.clear();
            }
            block.putFloat(value);
        }
        out.write(block.array(), 0, block.position());
    }

    /** Writes whole numbers as {@code <i8}, one axis. */
    public static void write(Path file, long[] values) throws IOException {
        ByteBuffer body =
                ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        body.asLongBuffer().put(values);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(header("<i8", new long[] {values.length}));
            out.write(body.array());
        }
    }

    private static byte[] header(String descr, long[] shape) {
        StringBuilder extents = new StringBuilder();
        for (long extent : shape) {
            extents.append(extent).append(", ");
        }
        String text =
                "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + extents + "), }";
        int used = MAGIC.length + 4 + text.length() + 1;
        int padding = (ALIGNMENT - used % ALIGNMENT) % ALIGNMENT;
        String padded = text + " ".repeat(padding) + "\n";
        ByteBuffer out =
                ByteBuffer.allocate(used + padding)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(MAGIC)
                        .put((byte) 1)
                        .put((byte) 0)
                        .putShort((short) padded.length())
                        .put(padded.getBytes(StandardCharsets.US_ASCII));
        return out.array();
    }

    private static AuditException bad(String name, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, name, value, expected);
    }

    private static AuditException unreadable(String name, IOException cause) {
        String reason = cause instanceof EOFException ? "truncated" : String.valueOf(cause);
        return new AuditException(
                ErrorCode.BAD_DATA, name + ": " + reason + " (expected: a .npy array)", cause);
    }

    private interface Element {
        void at(ByteBuffer raw, int offset);
    }

    private static final class Header {
        private final String descr;
        private final long[] shape;

        private Header(String descr, long[] shape) {
            this.descr = descr;
            this.shape = shape;
        }

        static Header read(InputStream in, String name) throws IOException {
            byte[] start = in.readNBytes(MAGIC.length + 2);
            if (!Arrays.equals(Arrays.copyOf(start, MAGIC.length), MAGIC)) {
                throw bad(name, "no NumPy header", "a .npy array");
            }
            int sizeBytes = start[MAGIC.length] == 1 ? 2 : 4;
            ByteBuffer size = ByteBuffer.wrap(Arrays.copyOf(in.readNBytes(sizeBytes), 4));
            int length = size.order(ByteOrder.LITTLE_ENDIAN).getInt();
            if (length < 0 || length > LONGEST_HEADER) {
                throw bad(name, "header of " + length + " bytes", "at most " + LONGEST_HEADER);
            }
            String text = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
            if (!"False".equals(field(ORDER, text, name))) {
                throw bad(name, "Fortran order", "C order");
            }
            return new Header(field(DESCR, text, name), shape(field(SHAPE, text, name)));
        }

        private static String field(Pattern pattern, String text, String name) {
            Matcher matcher = pattern.matcher(text);
            if (!matcher.find()) {
                throw bad(name, "header " + text.strip(), "descr, fortran_order and shape");
            }
            return matcher.group(1);
        }

        private static long[] shape(String text) {
            return Arrays.stream(text.replace("L", "").split(","))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        }

        int count(String name, long limit) {
            try {
                int count = Math.toIntExact(FloatTensor.size(shape));
                if ((long) count * width(name) > limit) {
                    throw bad(
                            name, "shape " + Arrays.toString(shape), "at most " + limit + " bytes");
                }
                return count;
            } catch (ArithmeticException e) {
                throw bad(name, "shape " + Arrays.toString(shape), "fewer than 2^31 values");
            }
        }

        int width(String name) {
            return switch (descr) {
                case "<f4", "<i4" -> 4;
                case "<f8", "<i8" -> 8;
                case "|u1", "|b1" -> 1;
                default -> throw bad(name, "dtype " + descr, "<f4 <f8 <i4 <i8 |u1 or |b1");
            };
        }

        double real(ByteBuffer raw, int at) {
            return switch (descr) {
                case "<f4" -> raw.getFloat(at);
                case "<f8" -> raw.getDouble(at);
                case "<i4" -> raw.getInt(at);
                case "<i8" -> raw.getLong(at);
                default -> raw.get(at) & 0xff;
            };
        }

        long whole(ByteBuffer raw, int at, String name) {
            double value = real(raw, at);
            if (descr.equals("<i8")) {
                return raw.getLong(at);
            }
            if (value != Math.rint(value)) {
                throw bad(name, value, "whole numbers");
            }
            return (long) value;
        }

        void forEach(InputStream in, String name, Element element) throws IOException {
            int width = width(name);
            long left = FloatTensor.size(shape) * width;
            while (left > 0) {
                byte[] block = in.readNBytes((int) Math.min(left, BLOCK));
                if (block.length % width != 0 || block.length == 0) {
                    throw new EOFException(name);
                }
                ByteBuffer raw = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
                for (int at = 0; at < block.length; at += width) {
                    element.at(raw, at);
                }
                left -= block.length;
            }
        }
    }
}
