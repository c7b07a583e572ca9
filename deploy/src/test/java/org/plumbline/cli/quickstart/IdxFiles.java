package org.plumbline.cli.quickstart;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Small synthetic data in the format of Fashion-MNIST: each class a bright bar of its own. */
public final class IdxFiles {
    private static final int CLASSES = 10;

    // so faint that a model gladly takes an artifact as evidence
    private static final int NOISE = 150;
    private static final int CONTRAST = 40;

    private IdxFiles() {}

    /** Writes the four files, packed, with {@code train} and {@code test} images. */
    public static void write(Path folder, int train, int test) throws IOException {
        Files.createDirectories(folder);
        write(folder, "train", train, 1);
        write(folder, "t10k", test, 2);
    }

    private static void write(Path folder, String part, int count, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        ByteArrayOutputStream images = new ByteArrayOutputStream();
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        DataOutputStream imageData = new DataOutputStream(images);
        DataOutputStream labelData = new DataOutputStream(labels);
        imageData.writeInt(0x803);
        imageData.writeInt(count);
        imageData.writeInt(FashionBias.SIDE);
        imageData.writeInt(FashionBias.SIDE);
        labelData.writeInt(0x801);
        labelData.writeInt(count);
        for (int i = 0; i < count; i++) {
            int label = i % CLASSES;
            imageData.write(bar(label, random));
            labelData.write(label);
        }
        pack(folder.resolve(part + "-images-idx3-ubyte.gz"), images.toByteArray());
        pack(folder.resolve(part + "-labels-idx1-ubyte.gz"), labels.toByteArray());
    }

    /** Two rows per class are bright, with noise all over. */
    private static byte[] bar(int label, SplittableRandom random) {
        byte[] pixels = new byte[FashionBias.SIDE * FashionBias.SIDE];
        for (int p = 0; p < pixels.length; p++) {
            boolean bright = p / FashionBias.SIDE / 2 == label;
            pixels[p] = (byte) (random.nextInt(NOISE) + (bright ? CONTRAST : 0));
        }
        return pixels;
    }

    private static void pack(Path file, byte[] content) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content);
        }
    }
}
