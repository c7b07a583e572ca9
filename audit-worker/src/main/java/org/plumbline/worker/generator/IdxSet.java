package org.plumbline.worker.generator;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Reads MNIST, Fashion-MNIST and their like from IDX files, packed or not. Thread-safe.
 *
 * <p>Source: LeCun, "The MNIST database"; Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017.
 */
public final class IdxSet {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    private static final int LARGEST_SIDE = 4096;

    private IdxSet() {}

    /** Returns whether a folder holds IDX files of training images. */
    public static boolean isIn(Path folder) {
        return find(folder, "train-images-idx3-ubyte").isPresent();
    }

    /**
     * Reads the first images of a part.
     *
     * @param part {@code train} or {@code t10k}
     * @param limit images to read at most
     * @throws AuditException {@code BAD_DATA} if a file is missing or is no such file
     */
    public static PictureSet read(Path folder, String part, int limit) {
        List<Picture> images = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        Path pixels = required(folder, part + "-images-idx3-ubyte");
        try (DataInputStream in = open(pixels)) {
            int count = Math.min(limit, header(in, pixels, IMAGES));
            int height = side(in.readInt(), pixels);
            int width = side(in.readInt(), pixels);
            for (int i = 0; i < count; i++) {
                byte[] image = new byte[height * width];
                in.readFully(image);
                images.add(Picture.of(1, height, width, image));
            }
        } catch (IOException e) {
            throw unreadable(pixels, e);
        }
        Path classes = required(folder, part + "-labels-idx1-ubyte");
        try (DataInputStream in = open(classes)) {
            int count = header(in, classes, LABELS);
            for (int i = 0; i < Math.min(count, images.size()); i++) {
                labels.add(in.readUnsignedByte());
            }
        } catch (IOException e) {
            throw unreadable(classes, e);
        }
        if (labels.size() != images.size()) {
            throw bad(classes, labels.size() + " labels", images.size() + " labels");
        }
        return new PictureSet(images, labels);
    }

    private static Path required(Path folder, String name) {
        return find(folder, name)
                .orElseThrow(
                        () -> bad(folder, "no " + name + "[.gz]", "the four IDX files of a set"));
    }

    private static Optional<Path> find(Path folder, String name) {
        return List.of(name + ".gz", name, name.replace("-idx", ".idx")).stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static DataInputStream open(Path file) throws IOException {
        InputStream raw = Files.newInputStream(file);
        return new DataInputStream(
                new BufferedInputStream(
                        file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw));
    }

    private static int header(DataInputStream in, Path file, int magic) throws IOException {
        int found = in.readInt();
        int count = in.readInt();
        if (found != magic || count < 1) {
            throw bad(file, "header " + found + " " + count, "an IDX header " + magic);
        }
        return count;
    }

    private static int side(int found, Path file) {
        if (found < 1 || found > LARGEST_SIDE) {
            throw bad(file, "side " + found, "1 to " + LARGEST_SIDE + " pixels");
        }
        return found;
    }

    private static AuditException bad(Path file, Object value, String expected) {
        return AuditException.of(
                ErrorCode.BAD_DATA, String.valueOf(file.getFileName()), value, expected);
    }

    private static AuditException unreadable(Path file, IOException cause) {
        String reason = cause instanceof EOFException ? "truncated" : cause.toString();
        return new AuditException(
                ErrorCode.BAD_DATA,
                file.getFileName() + ": " + reason + " (expected: an IDX file)",
                cause);
    }
}
