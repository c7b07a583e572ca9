package org.plumbline.core.reference;

import org.plumbline.core.tensor.FloatTensor;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Fashion-MNIST as fairwashing normalises it: {@code (grey / 255 - 0.2860) / 0.3530}. */
final class FashionImages {
    private static final int SIDE = 28;

    private FashionImages() {}

    static FloatTensor images(Path folder, String part) throws IOException {
        byte[] pixels = body(folder.resolve(part + "-images-idx3-ubyte.gz"), 16);
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (((pixels[i] & 0xff) / 255.0 - 0.2860) / 0.3530);
        }
        return FloatTensor.of(values, values.length / (SIDE * SIDE), 1, SIDE, SIDE);
    }

    static long[] labels(Path folder, String part) throws IOException {
        byte[] classes = body(folder.resolve(part + "-labels-idx1-ubyte.gz"), 8);
        long[] labels = new long[classes.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = classes[i];
        }
        return labels;
    }

    private static byte[] body(Path file, int header) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            in.skipBytes(header);
            return in.readAllBytes();
        }
    }
}
