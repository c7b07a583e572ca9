package org.plumbline.core.torchscript.zip;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads the central directory of a zip file and refuses what no exporter writes: encryption,
 * several disks, duplicate or escaping names, entries that overlap or reach beyond the file. Zip64
 * records are understood, since PyTorch writes them for small files too. Thread-safe.
 *
 * <p>Source: PKWARE APPNOTE 6.3.9, sections 4.3.7 to 4.3.16.
 */
final class ZipDirectory {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL_SIZE = 30;
    private static final int LONGEST_NAME = 512;
    private static final long LARGEST_DIRECTORY = 16L << 20;
    private static final long MASK32 = 0xffff_ffffL;
    private static final int MASK16 = 0xffff;

    /** Encryption (0), patches (5), strong encryption (6), a masked directory (13). */
    private static final int FOREIGN_FLAGS = 1 | 1 << 5 | 1 << 6 | 1 << 13;

    private static final int FILE_TYPE = 0xf000;
    private static final int REGULAR = 0x8000;
    private static final int FOLDER = 0x4000;

    /** Weights deflate to a half at best, code to a tenth; constants, as in tests, are small. */
    private static final int LARGEST_RATIO = 100;

    private static final long HARMLESS = 1L << 30;
    private static final long IMMENSE = 1L << 40;
    private static final int ZIP64_EXTRA = 1;

    private final FileChannel file;
    private final long length;

    private ZipDirectory(FileChannel file, long length) {
        this.file = file;
        this.length = length;
    }

    /** Returns the entries in the order of their place in the file. */
    static List<ZipRecord> read(FileChannel file, ZipLimits limits) throws IOException {
        long length = file.size();
        if (length > limits.fileBytes()) {
            throw bad("size", length + " bytes", "at most " + limits.fileBytes());
        }
        return new ZipDirectory(file, length).records(limits);
    }

    private List<ZipRecord> records(ZipLimits limits) throws IOException {
        ZipEnd extent = ZipEnd.find(file, length);
        if (extent.entries() > limits.entries()) {
            throw bad("zip entries", extent.entries(), "at most " + limits.entries());
        }
        if (extent.size() > LARGEST_DIRECTORY
                || extent.offset() < 0
                || extent.offset() > extent.end() - extent.size()) {
            throw bad("zip directory", extent.offset() + "+" + extent.size(), "inside the file");
        }
        ByteBuffer directory = bytes(extent.offset(), (int) extent.size());
        List<ZipRecord> records = new ArrayList<>();
        ZipNames names = new ZipNames();
        for (long i = 0; i < extent.entries(); i++) {
            records.add(central(directory, extent.offset(), names));
        }
        if (directory.hasRemaining()) {
            throw bad("zip directory", directory.remaining() + " bytes left", "entries only");
        }
        refuseBombs(records);
        records.sort(Comparator.comparingLong(ZipRecord::headerOffset));
        for (int i = 0; i < records.size(); i++) {
            long next =
                    i + 1 < records.size() ? records.get(i + 1).headerOffset() : extent.offset();
            if (records.get(i).dataEnd() > next) {
                throw bad("zip entry", records.get(i).name(), "no overlap with the next entry");
            }
        }
        return List.copyOf(records);
    }

    private static void refuseBombs(List<ZipRecord> records) {
        long deflated = 0;
        long inflated = 0;
        for (ZipRecord entry : records) {
            if (entry.method() == ZipRecord.DEFLATED) {
                deflated += entry.compressedSize();
                inflated += Math.min(entry.size(), IMMENSE); // no sum of these overflows
            }
        }
        if (inflated > HARMLESS && inflated / LARGEST_RATIO > deflated) {
            throw bad(
                    "zip entries",
                    deflated + " bytes inflate to " + inflated,
                    "at most " + LARGEST_RATIO + " times as many");
        }
    }

    private ZipRecord central(ByteBuffer in, long directoryOffset, ZipNames names)
            throws IOException {
        if (in.remaining() < CENTRAL_SIZE || in.getInt(in.position()) != CENTRAL_HEADER) {
            throw bad("zip directory", "truncated", "a header for every entry");
        }
        int at = in.position();
        int nameLength = in.getShort(at + 28) & MASK16;
        int extraLength = in.getShort(at + 30) & MASK16;
        int commentLength = in.getShort(at + 32) & MASK16;
        int total = CENTRAL_SIZE + nameLength + extraLength + commentLength;
        if (in.remaining() < total || nameLength == 0 || nameLength > LONGEST_NAME) {
            throw bad("zip directory", "entry of " + total + " bytes", "whole entries");
        }
        byte[] raw = new byte[nameLength];
        in.get(at + CENTRAL_SIZE, raw);
        String name = names.accept(new String(raw, StandardCharsets.UTF_8));
        int method = in.getShort(at + 10) & MASK16;
        if ((in.getShort(at + 8) & FOREIGN_FLAGS) != 0) {
            throw bad("zip entry", name + " is encrypted", "no encryption or patches");
        }
        int type = in.getInt(at + 38) >>> 16 & FILE_TYPE;
        if (type != 0 && type != REGULAR && type != FOLDER) {
            throw bad("zip entry", name + " is a link or device", "plain files");
        }
        if (in.getShort(at + 34) != 0) {
            throw bad("zip entry", name + " on disk " + in.getShort(at + 34), "one disk");
        }
        if (method != ZipRecord.STORED && method != ZipRecord.DEFLATED) {
            throw bad("zip entry", name + " uses method " + method, "stored or deflated");
        }
        Sizes sizes = sizes(in, at, nameLength, extraLength);
        in.position(at + total);
        long data = dataOffset(sizes.offset, directoryOffset, name, raw);
        if (sizes.compressed < 0 || sizes.size < 0 || data > directoryOffset - sizes.compressed) {
            throw bad("zip entry", name, "content inside the file");
        }
        if (method == ZipRecord.STORED && sizes.size != sizes.compressed) {
            throw bad("zip entry", name, "equal sizes of a stored entry");
        }
        return new ZipRecord(
                name,
                method,
                in.getInt(at + 16) & MASK32,
                sizes.compressed,
                sizes.size,
                sizes.offset,
                data);
    }

    private static Sizes sizes(ByteBuffer in, int at, int nameLength, int extraLength) {
        long compressed = in.getInt(at + 20) & MASK32;
        long size = in.getInt(at + 24) & MASK32;
        long offset = in.getInt(at + 42) & MASK32;
        int extra = at + CENTRAL_SIZE + nameLength;
        int end = extra + extraLength;
        while (extra + 4 <= end) {
            int id = in.getShort(extra) & MASK16;
            int next = extra + 4 + (in.getShort(extra + 2) & 0xffff);
            if (id == ZIP64_EXTRA && next <= end) {
                int field = extra + 4;
                if (size == MASK32 && field + 8 <= next) {
                    size = in.getLong(field);
                    field += 8;
                }
                if (compressed == MASK32 && field + 8 <= next) {
                    compressed = in.getLong(field);
                    field += 8;
                }
                if (offset == MASK32 && field + 8 <= next) {
                    offset = in.getLong(field);
                }
            }
            extra = next;
        }
        return new Sizes(compressed, size, offset);
    }

    private long dataOffset(long header, long limit, String name, byte[] rawName)
            throws IOException {
        if (header < 0 || header > limit - LOCAL_SIZE - rawName.length) {
            throw bad("zip entry", name, "a header inside the file");
        }
        ByteBuffer local = bytes(header, LOCAL_SIZE + rawName.length);
        int nameLength = local.getShort(26) & MASK16;
        boolean same = nameLength == rawName.length;
        for (int i = 0; same && i < rawName.length; i++) {
            same = local.get(LOCAL_SIZE + i) == rawName[i];
        }
        if (local.getInt(0) != LOCAL_HEADER || !same) {
            throw bad("zip entry", name, "a local header of the same name");
        }
        return header + LOCAL_SIZE + nameLength + (local.getShort(28) & 0xffff);
    }

    private ByteBuffer bytes(long from, int count) throws IOException {
        return readFully(file, from, count);
    }

    static ByteBuffer readFully(FileChannel file, long from, int count) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (out.hasRemaining()) {
            if (file.read(out, from + out.position()) < 0) {
                throw new EOFException("zip file ends at " + file.size());
            }
        }
        return out.flip();
    }

    static AuditException bad(String field, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, field, value, expected);
    }

    private record Sizes(long compressed, long size, long offset) {}
}
