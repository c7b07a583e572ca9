package org.plumbline.core.tensor;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * NumPy {@code .npz} files: zips of {@code .npy} arrays, stored or deflated. Thread-safe.
 *
 * <p>Source: NumPy enhancement proposal 1, "File extension".
 */
public final class NpzFile {
    private static final String SUFFIX = ".npy";

    private NpzFile() {}

    /**
     * Reads one array as floats; integers and doubles are converted.
     *
     * @param array its name, without {@code .npy}
     * @param limit bytes the array may have at most, so that no header can claim memory
     * @throws AuditException {@code BAD_DATA} if the file is no such zip, has no such array, or the
     *     array is damaged or too large
     */
    public static FloatTensor readFloats(Path file, String array, long limit) {
        String name = file.getFileName() + "/" + array;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry entry = zip.getEntry(array + SUFFIX);
            if (entry == null) {
                throw bad(name, "absent", "one of " + names(zip));
            }
            try (CheckedInputStream in =
                    new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
                FloatTensor values = NpyFile.readFloats(in, name, limit);
                requireIntact(in, entry, name);
                return values;
            }
        } catch (NoSuchFileException e) {
            throw bad(file.toString(), "no such file", "a .npz file");
        } catch (ZipException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA,
                    file.getFileName() + ": " + e.getMessage() + " (expected: a .npz file)",
                    e);
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA, name + ": " + e + " (expected: a readable .npz file)", e);
        }
    }

    private static void requireIntact(CheckedInputStream in, ZipEntry entry, String name)
            throws IOException {
        if (in.read() >= 0) {
            throw bad(name, "bytes after the array", "none");
        }
        if (in.getChecksum().getValue() != entry.getCrc()) {
            throw bad(name, "wrong checksum", "an undamaged file");
        }
    }

    private static String names(ZipFile zip) {
        return zip.stream()
                .map(ZipEntry::getName)
                .filter(entry -> entry.endsWith(SUFFIX))
                .map(entry -> entry.substring(0, entry.length() - SUFFIX.length()))
                .limit(8)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static AuditException bad(String name, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, name, value, expected);
    }
}
