package org.plumbline.core.torchscript.zip;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Checks size and checksum of every entry while the file streams by. Confined to one thread; close
 * it.
 */
final class ContentCheck implements AutoCloseable {
    private static final int BLOCK = 1 << 16;

    private final Iterator<ZipRecord> following;
    private final CRC32 crc = new CRC32();
    private final Inflater inflater = new Inflater(true);
    private final byte[] block = new byte[BLOCK];
    private @Nullable ZipRecord current;
    private long inflated;

    /** Checks entries in the order of their place in the file. */
    ContentCheck(List<ZipRecord> records) {
        this.following = records.iterator();
        next();
    }

    /** Takes the next bytes of the file, which begin at {@code offset}. */
    void update(long offset, byte[] bytes, int length) {
        while (current != null && current.dataOffset() < offset + length) {
            int from = (int) Math.max(0, current.dataOffset() - offset);
            int to = (int) Math.min(length, current.dataEnd() - offset);
            take(current, bytes, from, Math.max(0, to - from));
            if (current.dataEnd() > offset + length) {
                return;
            }
            close(current);
            next();
        }
    }

    /** Ends the file. */
    void finish() {
        while (current != null) {
            close(current); // an empty entry at the very end, or one cut off since
            next();
        }
    }

    private void take(ZipRecord entry, byte[] bytes, int from, int count) {
        if (entry.method() == ZipRecord.STORED) {
            crc.update(bytes, from, count);
            inflated += count;
            return;
        }
        inflater.setInput(bytes, from, count);
        try {
            int n = inflater.inflate(block);
            while (n > 0) {
                crc.update(block, 0, n);
                inflated += n;
                if (inflated > entry.size()) {
                    throw wrongSize(entry);
                }
                n = inflater.inflate(block);
            }
        } catch (DataFormatException e) {
            throw ZipDirectory.bad(entry.name(), "broken stream", "deflated content");
        }
    }

    private void close(ZipRecord entry) {
        boolean whole = entry.method() == ZipRecord.STORED || inflater.finished();
        if (inflated != entry.size() || !whole) {
            throw wrongSize(entry);
        }
        if (crc.getValue() != entry.crc()) {
            throw ZipDirectory.bad(entry.name(), "wrong checksum", "CRC-32 of the directory");
        }
    }

    private static RuntimeException wrongSize(ZipRecord entry) {
        return ZipDirectory.bad(entry.name(), "inflates otherwise", "its stated size");
    }

    private void next() {
        current = following.hasNext() ? following.next() : null;
        crc.reset();
        inflater.reset();
        inflated = 0;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
