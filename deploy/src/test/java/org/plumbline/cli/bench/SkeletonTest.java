package org.plumbline.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.torchscript.Archive;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

class SkeletonTest {
    private static final Path RESNET = Path.of("models/resnet18.pt");

    @TempDir private Path folder = Path.of("");

    @Test
    void weightsAreDrawnWithTheConstantAsDeviationAndTheRestStays() throws Exception {
        Path out = folder.resolve("filled.pt");
        Skeleton.fill(RESNET, out, 1);
        int drawn = 0;
        try (ZipFile before = new ZipFile(RESNET.toFile());
                ZipFile after = new ZipFile(out.toFile())) {
            for (ZipEntry entry : Collections.list(before.entries())) {
                byte[] old = content(before, entry);
                byte[] now = content(after, after.getEntry(entry.getName()));
                assertThat(now).hasSameSizeAs(old);
                if (!Arrays.equals(old, now)) {
                    drawn++;
                    assertThat(entry.getName()).contains("/data/");
                    checkDeviation(floats(old).get(0), floats(now));
                }
            }
        }
        assertThat(drawn).isEqualTo(21); // 20 convolutions and the last layer
    }

    @Test
    void everyFilledSkeletonIsAnArchiveWeAccept() throws Exception {
        for (String name : List.of("fashion_cnn", "resnet18", "efficientnet_b0")) {
            Path out = folder.resolve(name + ".pt");
            Skeleton.fill(Path.of("models", name + ".pt"), out, 1);
            try (Archive archive = Archive.open(out)) {
                assertThat(archive.tensors()).isNotEmpty();
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws Exception {
        Path one = folder.resolve("one.pt");
        Path two = folder.resolve("two.pt");
        Skeleton.fill(Path.of("models/fashion_cnn.pt"), one, 5);
        Skeleton.fill(Path.of("models/fashion_cnn.pt"), two, 5);
        try (ZipFile a = new ZipFile(one.toFile());
                ZipFile b = new ZipFile(two.toFile())) {
            for (ZipEntry entry : Collections.list(a.entries())) {
                assertThat(content(b, b.getEntry(entry.getName()))).isEqualTo(content(a, entry));
            }
        }
        assertThat(Files.size(one)).isEqualTo(Files.size(two));
    }

    private static void checkDeviation(float constant, FloatBuffer values) {
        double squares = 0;
        while (values.hasRemaining()) {
            float value = values.get();
            squares += (double) value * value;
        }
        // the smallest tensor has 9408 values: five deviations of the estimate are 4 %
        assertThat(Math.sqrt(squares / values.limit()))
                .isCloseTo(constant, within(0.04 * constant));
    }

    private static FloatBuffer floats(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    private static byte[] content(ZipFile archive, ZipEntry entry) throws Exception {
        try (InputStream in = archive.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
