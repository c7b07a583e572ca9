package org.plumbline.core.torchscript.zip;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes a zip file from entries of another, copied as they are without decoding, and new ones,
 * stored at 64-byte boundaries as PyTorch does. Confined to one thread; close it to write the
 * directory.
 */
public final class ZipRewriter implements AutoCloseable {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int VERSION = 20;
    private static final int UTF8 = 1 << 11;
    private static final int DOS_DATE_1980 = 0x21;
    private static final int LOCAL_SIZE = 30;
    private static final int CENTRAL_SIZE = 46;
    private static final int END_SIZE = 22;
    private static final int ALIGNMENT = 64;
    private static final int PADDING_ID = 0x4246; // "FB", the id PyTorch pads with
    private static final long LARGEST = 0xffff_fffeL;
    private static final int MOST_ENTRIES = 0xfffe;

    private final FileChannel out;
    private final List<ZipRecord> written = new ArrayList<>();

    private ZipRewriter(FileChannel out) {
        this.out = out;
    }

    /** Opens a new file; fails if it exists. */
    public static ZipRewriter create(Path path) throws IOException {
        return new ZipRewriter(
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** Copies an entry's compressed bytes under a name. */
    public void copy(ZipArchive from, ZipRecord entry, String name) throws IOException {
        long data = header(name, entry.method(), entry.crc(), entry.compressedSize(), entry.size());
        long position = entry.dataOffset();
        long left = entry.compressedSize();
        while (left > 0) {
            long moved = from.channel().transferTo(position, left, out);
            if (moved <= 0) {
                throw new IOException("zip entry " + entry.name() + " ends early");
            }
            position += moved;
            left -= moved;
        }
        if (out.position() != data + entry.compressedSize()) {
            throw new IOException("zip entry " + entry.name() + " was not copied whole");
        }
    }

    /** Adds a stored entry. */
    public void add(String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        header(name, ZipRecord.STORED, crc.getValue(), content.length, content.length);
        write(ByteBuffer.wrap(content));
    }

    /** Adds a deflated entry. */
    public void addDeflated(String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        byte[] deflated = deflated(content);
        header(name, ZipRecord.DEFLATED, crc.getValue(), deflated.length, content.length);
        write(ByteBuffer.wrap(deflated));
    }

    private static byte[] deflated(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater raw = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, raw)) {
            out.write(content);
        } finally {
            raw.end();
        }
        return bytes.toByteArray();
    }

    private long header(String name, int method, long crc, long compressed, long size)
            throws IOException {
        byte[] raw = name.getBytes(StandardCharsets.UTF_8);
        long offset = out.position();
        int bare = LOCAL_SIZE + raw.length + 4;
        int padding = (int) ((ALIGNMENT - (offset + bare) % ALIGNMENT) % ALIGNMENT);
        ByteBuffer header = ByteBuffer.allocate(bare + padding).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(LOCAL_HEADER).putShort((short) VERSION);
        common(header, method, crc, compressed, size, raw.length);
        header.putShort((short) (4 + padding)).put(raw);
        header.putShort((short) PADDING_ID).putShort((short) padding);
        header.position(header.limit());
        write(header.flip());
        long data = out.position();
        if (data + compressed > LARGEST || written.size() >= MOST_ENTRIES) {
            throw new IOException("zip file would exceed 4 GiB or 65534 entries");
        }
        written.add(new ZipRecord(name, method, crc, compressed, size, offset, data));
        return data;
    }

    private static void common(
            ByteBuffer header, int method, long crc, long compressed, long size, int nameLength) {
        header.putShort((short) UTF8)
                .putShort((short) method)
                .putShort((short) 0)
                .putShort((short) DOS_DATE_1980)
                .putInt((int) crc)
                .putInt((int) compressed)
                .putInt((int) size)
                .putShort((short) nameLength);
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Writes the directory, forces everything to disk and closes the file. */
    public void finish() throws IOException {
        long start = out.position();
        for (ZipRecord entry : written) {
            byte[] raw = entry.name().getBytes(StandardCharsets.UTF_8);
            ByteBuffer header =
                    ByteBuffer.allocate(CENTRAL_SIZE + raw.length).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(CENTRAL_HEADER).putShort((short) VERSION).putShort((short) VERSION);
            common(
                    header,
                    entry.method(),
                    entry.crc(),
                    entry.compressedSize(),
                    entry.size(),
                    raw.length);
            header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0);
            header.putInt(0).putInt((int) entry.headerOffset()).put(raw);
            write(header.flip());
        }
        ByteBuffer end = ByteBuffer.allocate(END_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        end.putInt(END).putShort((short) 0).putShort((short) 0);
        end.putShort((short) written.size()).putShort((short) written.size());
        end.putInt((int) (out.position() - start)).putInt((int) start).putShort((short) 0);
        write(end.flip());
        out.force(true);
        out.close();
    }

    /** Closes the file; without {@link #finish} it is no zip file. */
    @Override
    public void close() throws IOException {
        out.close();
    }
}
