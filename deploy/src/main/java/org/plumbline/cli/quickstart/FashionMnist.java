package org.plumbline.cli.quickstart;

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
import java.util.zip.GZIPInputStream;

/**
 * Images and labels of one part of Fashion-MNIST, read from its IDX files. Immutable.
 *
 * <p>Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017.
 *
 * @param labels class of each image, in [0, 9]
 */
record FashionMnist(List<GrayImage> images, List<Integer> labels) {
    /** Names of the classes, by label. */
    static final List<String> CLASSES =
            List.of(
                    "T-shirt",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot");

    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;

    FashionMnist {
        images = List.copyOf(images);
        labels = List.copyOf(labels);
    }

    /**
     * Reads the first images of a part.
     *
     * @param part {@code train} or {@code t10k}
     * @param limit images to read at most
     * @throws AuditException {@code BAD_DATA} if a file is missing or is no such file
     */
    static FashionMnist read(Path folder, String part, int limit) {
        List<GrayImage> images = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        Path pixels = find(folder, part + "-images-idx3-ubyte");
        try (DataInputStream in = open(pixels)) {
            int count = Math.min(limit, header(in, pixels, IMAGES));
            side(in.readInt(), pixels);
            side(in.readInt(), pixels);
            for (int i = 0; i < count; i++) {
                byte[] image = new byte[GrayImage.PIXELS];
                in.readFully(image);
                images.add(new GrayImage(image));
            }
        } catch (IOException e) {
            throw unreadable(pixels, e);
        }
        Path classes = find(folder, part + "-labels-idx1-ubyte");
        try (DataInputStream in = open(classes)) {
            int count = header(in, classes, LABELS);
            for (int i = 0; i < Math.min(count, images.size()); i++) {
                labels.add(label(in.readUnsignedByte(), classes));
            }
        } catch (IOException e) {
            throw unreadable(classes, e);
        }
        if (labels.size() != images.size()) {
            throw bad(classes, labels.size() + " labels", images.size() + " labels");
        }
        return new FashionMnist(images, labels);
    }

    int size() {
        return images.size();
    }

    private static Path find(Path folder, String name) {
        for (String file : List.of(name + ".gz", name, name.replace("-idx", ".idx"))) {
            if (Files.isRegularFile(folder.resolve(file))) {
                return folder.resolve(file);
            }
        }
        throw bad(folder, "no " + name + "[.gz]", "the four IDX files of Fashion-MNIST");
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

    private static void side(int found, Path file) {
        if (found != GrayImage.SIDE) {
            throw bad(file, "side " + found, "28 pixels");
        }
    }

    private static int label(int found, Path file) {
        if (found >= CLASSES.size()) {
            throw bad(file, "label " + found, "0 to 9");
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
