package org.plumbline.core.tensor;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes {@code .npz} files array by array, each in blocks of rows, so that no array need be in
 * memory as a whole. Confined to one thread.
 */
public final class NpzWriter implements Closeable {
    private final ZipOutputStream zip;
    private long missing;

    private NpzWriter(OutputStream out) {
        zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.NO_COMPRESSION); // floats hardly deflate
    }

    /** Starts a file, replacing an existing one. */
    public static NpzWriter create(Path file) throws IOException {
        return new NpzWriter(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    /** Writes an array at once. */
    public void write(String name, FloatTensor tensor) throws IOException {
        begin(name, tensor.shape());
        append(tensor);
        end();
    }

    /** Starts an array of a known shape; its values follow. */
    public void begin(String name, long... shape) throws IOException {
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        NpyFile.writeHeader(zip, shape);
        missing = FloatTensor.size(shape);
    }

    /** Adds values to the array begun. */
    public void append(FloatTensor rows) throws IOException {
        missing -= rows.values().length;
        NpyFile.writeValues(zip, rows.values());
    }

    /**
     * Ends the array begun.
     *
     * @throws IllegalStateException if its shape is not filled, or overfilled
     */
    public void end() throws IOException {
        if (missing != 0) {
            throw new IllegalStateException("values missing: " + missing + " (expected: 0)");
        }
        zip.closeEntry();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
