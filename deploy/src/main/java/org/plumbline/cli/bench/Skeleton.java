package org.plumbline.cli.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A committed archive whose weights are constants, turned into one with random weights. A tensor
 * that is one constant other than 0 and 1 is drawn anew, uniform with that constant as deviation;
 * all else stays.
 */
final class Skeleton {
    private static final double DEVIATIONS = Math.sqrt(3); // half width of a uniform of deviation 1

    private Skeleton() {}

    /** Writes the archive with the weights of a seed. */
    static void fill(Path skeleton, Path out, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (ZipFile source = new ZipFile(skeleton.toFile());
                OutputStream file = new BufferedOutputStream(Files.newOutputStream(out));
                ZipOutputStream target = new ZipOutputStream(file)) {
            for (ZipEntry entry : Collections.list(source.entries())) {
                byte[] content;
                try (InputStream in = source.getInputStream(entry)) {
                    content = in.readAllBytes();
                }
                if (entry.getName().matches("[^/]+/data/\\d+")) {
                    draw(content, random);
                }
                store(target, entry.getName(), content);
            }
        }
    }

    private static void draw(byte[] content, SplittableRandom random) {
        ByteBuffer values = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (content.length < 2 * Float.BYTES || content.length % Float.BYTES != 0) {
            return;
        }
        float constant = values.getFloat(0);
        if (constant == 0 || constant == 1) {
            return;
        }
        for (int at = 0; at < content.length; at += Float.BYTES) {
            if (values.getFloat(at) != constant) {
                return;
            }
        }
        for (int at = 0; at < content.length; at += Float.BYTES) {
            double unit = 2 * random.nextDouble() - 1;
            values.putFloat(at, (float) (constant * DEVIATIONS * unit));
        }
    }

    private static void store(ZipOutputStream target, String name, byte[] content)
            throws IOException {
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        target.putNextEntry(entry);
        target.write(content);
        target.closeEntry();
    }
}
