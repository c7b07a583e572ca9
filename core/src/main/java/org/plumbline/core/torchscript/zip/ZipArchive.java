package org.plumbline.core.torchscript.zip;

import org.plumbline.core.model.Digest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** An open zip file whose directory passed every check. Thread-safe; close it. */
public final class ZipArchive implements AutoCloseable {
    private static final int BLOCK = 1 << 18;

    private final FileChannel file;
    private final Map<String, ZipRecord> records;

    private ZipArchive(FileChannel file, Map<String, ZipRecord> records) {
        this.file = file;
        this.records = records;
    }

    /**
     * Opens a file and checks its directory; reads no content.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} with the rule it breaks
     */
    public static ZipArchive open(Path path, ZipLimits limits) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            Map<String, ZipRecord> records = new LinkedHashMap<>();
            ZipDirectory.read(file, limits).forEach(r -> records.put(r.name(), r));
            return new ZipArchive(file, records);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Returns the entries in the order of their place in the file. */
    public List<ZipRecord> records() {
        return List.copyOf(records.values());
    }

    /** Returns the entry of that name. */
    public Optional<ZipRecord> find(String name) {
        return Optional.ofNullable(records.get(name));
    }

    /**
     * Returns the content of an entry.
     *
     * @param limit most bytes the content may have
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} if it is larger, does not
     *     inflate to its stated size or its checksum is wrong
     */
    public byte[] read(ZipRecord entry, long limit) throws IOException {
        if (entry.size() > limit) {
            throw ZipDirectory.bad(entry.name(), entry.size() + " bytes", "at most " + limit);
        }
        int length = Math.toIntExact(entry.compressedSize());
        byte[] raw = new byte[length];
        ZipDirectory.readFully(file, entry.dataOffset(), length).get(raw);
        byte[] content = entry.method() == ZipRecord.STORED ? raw : inflate(entry, raw);
        CRC32 crc = new CRC32();
        crc.update(content);
        if (crc.getValue() != entry.crc()) {
            throw ZipDirectory.bad(entry.name(), "wrong checksum", "CRC-32 of the directory");
        }
        return content;
    }

    /**
     * Reads the whole file once and checks every entry's checksum and inflated size; holds no
     * content.
     *
     * @return the SHA-256 of the very bytes that are open, whatever the path names by now
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} naming the entry
     */
    public Digest verify() throws IOException {
        MessageDigest digest = Digest.sha256();
        try (ContentCheck content = new ContentCheck(records())) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            long at = 0;
            for (int n = file.read(block, at); n >= 0; n = file.read(block, at)) {
                block.flip();
                content.update(at, block.array(), block.limit());
                digest.update(block);
                block.clear();
                at += n;
            }
            content.finish();
        }
        return Digest.from(digest.digest());
    }

    FileChannel channel() {
        return file;
    }

    private static byte[] inflate(ZipRecord entry, byte[] raw) {
        byte[] content = new byte[Math.toIntExact(entry.size())];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(raw);
            int filled = 0;
            while (filled < content.length) {
                int n = inflater.inflate(content, filled, content.length - filled);
                if (n == 0 && (inflater.finished() || inflater.needsInput())) {
                    break;
                }
                filled += n;
            }
            boolean more = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
            if (filled != content.length || more) {
                throw ZipDirectory.bad(entry.name(), "inflates otherwise", "its stated size");
            }
            return content;
        } catch (DataFormatException e) {
            throw ZipDirectory.bad(entry.name(), "broken stream", "deflated content");
        } finally {
            inflater.end();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
