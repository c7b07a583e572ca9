package org.plumbline.core.torchscript.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * What the end of a zip file says about its directory. Immutable.
 *
 * @param entries number of entries
 * @param offset where the directory begins
 * @param size its bytes
 * @param end first byte that is no longer its
 */
record ZipEnd(long entries, long offset, long size, long end) {
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int END_SIZE = 22;
    private static final int LOCATOR64_SIZE = 20;
    private static final int END64_SIZE = 56;
    private static final int MASK16 = 0xffff;
    private static final long MASK32 = 0xffff_ffffL;

    /**
     * Reads the very end of the file. Readers disagree about which of several ends inside a comment
     * counts, so there may be no comment.
     */
    static ZipEnd find(FileChannel file, long length) throws IOException {
        if (length < END_SIZE) {
            throw ZipDirectory.bad("file", length + " bytes", "a zip file");
        }
        long position = length - END_SIZE;
        ByteBuffer end = ZipDirectory.readFully(file, position, END_SIZE);
        if (end.getInt(0) != END || end.getShort(20) != 0) {
            throw ZipDirectory.bad(
                    "file", "no end-of-directory record at its end", "a zip file, no comment");
        }
        ZipEnd small = of(end, position);
        if (position >= LOCATOR64_SIZE) {
            long at = position - LOCATOR64_SIZE;
            ByteBuffer locator = ZipDirectory.readFully(file, at, LOCATOR64_SIZE);
            if (locator.getInt(0) == LOCATOR64) {
                ZipEnd large = large(file, locator.getLong(8), at);
                small.requireAgreement(large);
                return large;
            }
        }
        return small;
    }

    private static ZipEnd of(ByteBuffer end, long position) {
        int disk = end.getShort(4) & MASK16;
        int entries = end.getShort(10) & MASK16;
        boolean whole = end.getShort(6) == end.getShort(4) && end.getShort(8) == end.getShort(10);
        if ((disk != 0 && disk != MASK16) || !whole) {
            throw ZipDirectory.bad("zip disk", disk, "one disk");
        }
        return new ZipEnd(entries, end.getInt(16) & MASK32, end.getInt(12) & MASK32, position);
    }

    private static ZipEnd large(FileChannel file, long at, long limit) throws IOException {
        if (at < 0 || at > limit - END64_SIZE) {
            throw ZipDirectory.bad("zip64 record", at, "inside the file");
        }
        ByteBuffer end = ZipDirectory.readFully(file, at, END64_SIZE);
        boolean oneDisk = end.getInt(16) == 0 && end.getInt(20) == 0;
        long entries = end.getLong(32);
        if (end.getInt(0) != END64 || !oneDisk || entries != end.getLong(24)) {
            throw ZipDirectory.bad("zip64 record", at, "a directory end on one disk");
        }
        if (entries < 0 || end.getLong(40) < 0) {
            throw ZipDirectory.bad("zip64 record", entries, "a number of entries");
        }
        return new ZipEnd(entries, end.getLong(48), end.getLong(40), at);
    }

    /** The 32-bit record may repeat what the 64-bit one says or leave it to that one. */
    private void requireAgreement(ZipEnd large) {
        boolean same =
                (entries == MASK16 || entries == large.entries)
                        && (offset == MASK32 || offset == large.offset)
                        && (size == MASK32 || size == large.size);
        if (!same) {
            throw ZipDirectory.bad(
                    "zip64 record", large.entries + " entries", "what the end record says");
        }
    }
}
