package org.plumbline.core.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import javax.imageio.ImageIO;

class PngFileTest {
    private static final BufferedImage IMAGE = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);

    @Test
    void pixelsComeBack() throws Exception {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 0, 0x123456);
        BufferedImage read =
                ImageIO.read(new ByteArrayInputStream(PngFile.encode(image, Map.of("a", "b"))));
        assertThat(read.getRGB(0, 0)).isEqualTo(0xFF000000);
        assertThat(read.getRGB(1, 0)).isEqualTo(0xFF123456);
    }

    @Test
    void textIsKeptInChunks() {
        Map<String, String> text = Map.of("Class", "Trouser \u00b7 \u03a3", "Method", "lrp");
        assertThat(chunks(PngFile.encode(IMAGE, text))).isEqualTo(text);
    }

    @Test
    void equalPicturesMakeEqualBytes() {
        Map<String, String> text = Map.of("b", "2", "a", "1", "c", "3");
        assertThat(PngFile.encode(IMAGE, text))
                .isEqualTo(PngFile.encode(IMAGE, new TreeMap<>(text)));
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", " a", "a ", "\u00e9", "a\nb"})
    void badKeywordsAreRefused(String keyword) {
        assertThatThrownBy(() -> PngFile.encode(IMAGE, Map.of(keyword, "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keyword: ");
    }

    /** Reads iTXt chunks. Source: PNG specification, third edition, 11.3.3.4. */
    private static Map<String, String> chunks(byte[] file) {
        Map<String, String> found = new TreeMap<>();
        ByteBuffer png = ByteBuffer.wrap(file).position(8);
        while (png.hasRemaining()) {
            byte[] body = new byte[png.getInt()];
            byte[] type = new byte[4];
            png.get(type).get(body).getInt();
            if (new String(type, StandardCharsets.US_ASCII).equals("iTXt")) {
                String[] parts = new String(body, StandardCharsets.UTF_8).split("\0", -1);
                // keyword, compression flag and method (both 0), language, translation, text
                found.put(parts[0], parts[parts.length - 1]);
            }
        }
        return found;
    }
}
