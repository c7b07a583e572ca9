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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int END_SIZE = 22;
    private static final int LOCATOR64_SIZE = 20;
    private static final int END64_SIZE = 56;
    private static final int CENTRAL_SIZE = 46;
    private static final int LOCAL_SIZE = 30;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int LONGEST_NAME = 512;
    private static final long LARGEST_DIRECTORY = 64L << 20;
    private static final long MASK32 = 0xffff_ffffL;
    private static final int ENCRYPTED = 1;
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
        Extent extent = extent();
        if (extent.entries > limits.entries()) {
            throw bad("zip entries", extent.entries, "at most " + limits.entries());
        }
        if (extent.size > LARGEST_DIRECTORY
                || extent.offset < 0
                || extent.offset > extent.end - extent.size) {
            throw bad("zip directory", extent.offset + "+" + extent.size, "inside the file");
        }
        ByteBuffer directory = bytes(extent.offset, (int) extent.size);
        List<ZipRecord> records = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (long i = 0; i < extent.entries; i++) {
            ZipRecord entry = central(directory, extent.offset);
            if (!names.add(entry.name())) {
                throw bad("zip entry", entry.name(), "unique names");
            }
            records.add(entry);
        }
        records.sort(Comparator.comparingLong(ZipRecord::headerOffset));
        for (int i = 0; i < records.size(); i++) {
            long next = i + 1 < records.size() ? records.get(i + 1).headerOffset() : extent.offset;
            if (records.get(i).dataEnd() > next) {
                throw bad("zip entry", records.get(i).name(), "no overlap with the next entry");
            }
        }
        return List.copyOf(records);
    }

    private Extent extent() throws IOException {
        long tailSize = Math.min(length, END_SIZE + LONGEST_COMMENT);
        if (tailSize < END_SIZE) {
            throw bad("file", length + " bytes", "a zip file");
        }
        ByteBuffer tail = bytes(length - tailSize, (int) tailSize);
        for (int at = (int) tailSize - END_SIZE; at >= 0; at--) {
            boolean ends = at + END_SIZE + (tail.getShort(at + 20) & 0xffff) == tailSize;
            if (tail.getInt(at) == END && ends) {
                return extent(tail, at, length - tailSize + at);
            }
        }
        throw bad("file", "no end-of-directory record", "a zip file");
    }

    private Extent extent(ByteBuffer tail, int at, long position) throws IOException {
        if (tail.getShort(at + 4) != 0 && tail.getShort(at + 4) != (short) 0xffff) {
            throw bad("zip disk", tail.getShort(at + 4), "one disk");
        }
        if (position >= LOCATOR64_SIZE) {
            ByteBuffer locator = bytes(position - LOCATOR64_SIZE, LOCATOR64_SIZE);
            if (locator.getInt(0) == LOCATOR64) {
                return extent64(locator.getLong(8), position - LOCATOR64_SIZE);
            }
        }
        return new Extent(
                tail.getShort(at + 10) & 0xffff,
                tail.getInt(at + 16) & MASK32,
                tail.getInt(at + 12) & MASK32,
                position);
    }

    private Extent extent64(long at, long limit) throws IOException {
        if (at < 0 || at > limit - END64_SIZE) {
            throw bad("zip64 record", at, "inside the file");
        }
        ByteBuffer end = bytes(at, END64_SIZE);
        if (end.getInt(0) != END64 || end.getInt(16) != 0 || end.getInt(20) != 0) {
            throw bad("zip64 record", at, "a directory end on one disk");
        }
        long entries = end.getLong(32);
        long size = end.getLong(40);
        if (entries < 0 || size < 0) {
            throw bad("zip64 record", entries, "a number of entries");
        }
        return new Extent(entries, end.getLong(48), size, at);
    }

    private ZipRecord central(ByteBuffer in, long directoryOffset) throws IOException {
        if (in.remaining() < CENTRAL_SIZE || in.getInt(in.position()) != CENTRAL_HEADER) {
            throw bad("zip directory", "truncated", "a header for every entry");
        }
        int at = in.position();
        int nameLength = in.getShort(at + 28) & 0xffff;
        int extraLength = in.getShort(at + 30) & 0xffff;
        int commentLength = in.getShort(at + 32) & 0xffff;
        int total = CENTRAL_SIZE + nameLength + extraLength + commentLength;
        if (in.remaining() < total || nameLength > LONGEST_NAME) {
            throw bad("zip directory", "entry of " + total + " bytes", "whole entries");
        }
        byte[] raw = new byte[nameLength];
        in.get(at + CENTRAL_SIZE, raw);
        String name = checkedName(new String(raw, StandardCharsets.UTF_8));
        int method = in.getShort(at + 10) & 0xffff;
        if ((in.getShort(at + 8) & ENCRYPTED) != 0) {
            throw bad("zip entry", name + " is encrypted", "no encryption");
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
            int id = in.getShort(extra) & 0xffff;
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
        int nameLength = local.getShort(26) & 0xffff;
        boolean same = nameLength == rawName.length;
        for (int i = 0; same && i < rawName.length; i++) {
            same = local.get(LOCAL_SIZE + i) == rawName[i];
        }
        if (local.getInt(0) != LOCAL_HEADER || !same) {
            throw bad("zip entry", name, "a local header of the same name");
        }
        return header + LOCAL_SIZE + nameLength + (local.getShort(28) & 0xffff);
    }

    private static String checkedName(String name) {
        boolean escapes =
                name.isEmpty()
                        || name.startsWith("/")
                        || name.indexOf('\\') >= 0
                        || name.indexOf('\0') >= 0
                        || List.of(name.split("/")).contains("..");
        if (escapes) {
            throw bad("zip entry", name, "a relative name without ..");
        }
        return name;
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

    /** Where the directory lies: {@code end} is the first byte that is no longer its. */
    private record Extent(long entries, long offset, long size, long end) {}

    private record Sizes(long compressed, long size, long offset) {}
}
