package org.plumbline.plugin.embedded;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.imageio.ImageIO;

/** Small PNG files. */
final class Pictures {
    private Pictures() {}

    static void write(Path file, int seed, boolean red) throws IOException {
        BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 28; y++) {
            for (int x = 0; x < 28; x++) {
                int grey = (x * 7 + y * 3 + seed * 31) & 0xff;
                image.setRGB(x, y, red && x < 14 ? 0xff0000 : grey << 16 | grey << 8 | grey);
            }
        }
        ImageIO.write(image, "png", file.toFile());
    }

    static byte[] zip(Path model) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (List<String> side :
                    List.of(List.of("positives", "red"), List.of("negatives", "grey"))) {
                for (int i = 0; i < 4; i++) {
                    zip.putNextEntry(new ZipEntry(side.get(0) + "/" + i + ".png"));
                    zip.write(Files.readAllBytes(model.resolve(side.get(1)).resolve(i + ".png")));
                }
            }
        }
        return bytes.toByteArray();
    }
}
