package org.plumbline.plugin.concept;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Reads an upload without writing anything: a zip with folders {@code positives/} and {@code
 * negatives/} of images, or an npz with arrays of these names. Confined to one thread.
 */
final class UploadReader {
    private static final byte[] MAGIC = {'P', 'K', 3, 4};
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int MOST_ENTRIES = 2 * ExampleReader.MOST_IMAGES;
    private static final List<String> SIDES = List.of("positives", "negatives");
    private static final String LAYOUT =
            "images in positives/ and negatives/, or positives.npy and negatives.npy";

    private final ExampleReader reader;
    private final Map<String, Map<String, FloatTensor>> images = new HashMap<>();
    private final Map<String, FloatTensor> arrays = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private long bytes;

    private UploadReader(ExampleReader reader) {
        this.reader = reader;
        SIDES.forEach(side -> images.put(side, new TreeMap<>()));
    }

    /**
     * Reads the sides an upload has.
     *
     * @throws AuditException {@code BAD_DATA} naming the entry and the rule it breaks
     */
    static Sides read(byte[] upload, ExampleReader reader) {
        return read(upload, reader, 2 * ExampleReader.MOST_BYTES);
    }

    /** As {@link #read(byte[], ExampleReader)}, unpacking at most {@code limit} bytes. */
    static Sides read(byte[] upload, ExampleReader reader, long limit) {
        if (upload.length < MAGIC.length
                || !Arrays.equals(Arrays.copyOf(upload, MAGIC.length), MAGIC)) {
            throw bad(
                    "body",
                    upload.length + " bytes that are no zip",
                    "a zip or npz file: " + LAYOUT + "; curl sends one with --data-binary @FILE");
        }
        UploadReader reading = new UploadReader(reader);
        reading.readAll(upload, limit);
        return new Sides(reading.side("positives"), reading.side("negatives"));
    }

    private void readAll(byte[] upload, long limit) {
        String entry = "body";
        try (Inflated inflated =
                new Inflated(new ZipInputStream(new ByteArrayInputStream(upload)), limit)) {
            for (Optional<String> next = inflated.next();
                    next.isPresent();
                    next = inflated.next()) {
                entry = next.get();
                accept(entry);
                if (!ignored(entry)) {
                    read(entry, inflated);
                }
            }
            requireComplete(upload);
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(entry, e);
        }
    }

    private static AuditException damaged(String entry, Exception cause) {
        return new AuditException(
                ErrorCode.BAD_DATA,
                entry + ": cut off or damaged (expected: a complete zip)",
                cause);
    }

    /** Reading stops without a word where a file was cut off between entries. */
    private void requireComplete(byte[] upload) {
        ByteBuffer zip = ByteBuffer.wrap(upload).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = upload.length - END_BYTES;
                at >= Math.max(0, upload.length - END_BYTES - LONGEST_COMMENT);
                at--) {
            if (zip.getInt(at) == END) {
                int listed = zip.getShort(at + 10) & 0xffff;
                if (listed != names.size()) {
                    throw bad("body", names.size() + " entries", listed + " as its end says");
                }
                return;
            }
        }
        throw bad("body", "cut off", "a complete zip");
    }

    private void read(String entry, Inflated in) throws IOException {
        for (String side : SIDES) {
            if (entry.equals(side + ".npy")) {
                FloatTensor array = NpyFile.readFloats(in, entry, ExampleReader.MOST_BYTES - bytes);
                if (in.read() >= 0) {
                    throw bad(entry, "bytes after the array", "none");
                }
                bytes = ExampleReader.counted(bytes, array, entry);
                arrays.put(side, array);
                return;
            }
            if (entry.startsWith(side + "/") && ImageRules.named(entry)) {
                byte[] image = in.readNBytes(ImageRules.LARGEST_FILE + 1);
                FloatTensor encoded = reader.image(image, entry);
                bytes = ExampleReader.counted(bytes, encoded, "body");
                images.getOrDefault(side, Map.of()).put(entry, encoded);
                return;
            }
        }
        throw bad(entry, "unexpected", LAYOUT);
    }

    private void accept(String entry) {
        boolean leaves = entry.startsWith("/") || List.of(entry.split("[/\\\\]")).contains("..");
        if (leaves || entry.chars().anyMatch(c -> c == '\\' || c == ':' || c < ' ')) {
            throw bad(printable(entry), "not allowed", "relative names without ..");
        }
        if (!names.add(entry)) {
            throw bad(entry, "twice", "names used once");
        }
        if (names.size() > MOST_ENTRIES) {
            throw bad("body", "more entries", "at most " + MOST_ENTRIES);
        }
    }

    /** Returns whether an entry is one that systems add on their own. */
    private static boolean ignored(String entry) {
        String file = entry.substring(entry.lastIndexOf('/') + 1);
        return entry.endsWith("/")
                || entry.startsWith("__MACOSX/")
                || file.startsWith(".")
                || file.equals("Thumbs.db")
                || file.equals("desktop.ini");
    }

    private Optional<Examples> side(String side) {
        Map<String, FloatTensor> folder = images.getOrDefault(side, Map.of());
        FloatTensor array = arrays.get(side);
        if (array != null && !folder.isEmpty()) {
            throw bad(side + ".npy", "beside " + side + "/", "one of them");
        }
        if (array != null) {
            return Optional.of(Examples.array(array, side + ".npy"));
        }
        return folder.isEmpty()
                ? Optional.empty()
                : Optional.of(ExampleReader.join(folder, side + "/"));
    }

    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    private static AuditException bad(String field, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, field, value, expected);
    }

    /** What an upload has. Immutable. */
    record Sides(Optional<Examples> positives, Optional<Examples> negatives) {}

    /** Entries of a zip, whose content is bounded in all. */
    private static final class Inflated extends FilterInputStream {
        private final ZipInputStream zip;
        private final long limit;
        private String entry = "body";
        private long read;

        Inflated(ZipInputStream zip, long limit) {
            super(zip);
            this.zip = zip;
            this.limit = limit;
        }

        /** Returns the next entry's name, after the rest of the last one. */
        Optional<String> next() throws IOException {
            skipRest();
            Optional<String> next = Optional.ofNullable(zip.getNextEntry()).map(ZipEntry::getName);
            entry = next.orElse(entry);
            return next;
        }

        private void skipRest() throws IOException {
            byte[] rest = new byte[1 << 14];
            int read = 0;
            while (read >= 0 && zip.available() > 0) {
                read = read(rest, 0, rest.length);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                return charged(in.read(into, from, length));
            } catch (ZipException | EOFException e) { // of the zip, whoever reads what is in it
                throw damaged(printable(entry), e);
            }
        }

        private int charged(int count) {
            read += Math.max(count, 0);
            if (read > limit) {
                throw bad("body", "unpacks to more", "at most " + limit + " bytes");
            }
            return count;
        }
    }
}
