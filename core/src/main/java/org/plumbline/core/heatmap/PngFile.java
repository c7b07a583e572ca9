package org.plumbline.core.heatmap;

import org.w3c.dom.Node;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as PNG files with text in them; equal pictures make equal bytes. Thread-safe. */
public final class PngFile {
    private static final String FORMAT = "javax_imageio_png_1.0";
    private static final int LONGEST_KEYWORD = 79;

    private PngFile() {}

    /**
     * Returns a PNG file.
     *
     * @param text kept as {@code iTXt} chunks, by keyword; keywords are 1 to 79 ASCII characters
     * @throws IllegalArgumentException if a keyword is not
     */
    public static byte[] encode(BufferedImage image, Map<String, String> text) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(new IIOImage(image, null, metadata(writer, image, new TreeMap<>(text))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static IIOMetadata metadata(
            ImageWriter writer, BufferedImage image, SortedMap<String, String> text)
            throws IOException {
        IIOMetadata metadata =
                writer.getDefaultImageMetadata(
                        ImageTypeSpecifier.createFromRenderedImage(image),
                        writer.getDefaultWriteParam());
        if (!text.isEmpty()) {
            Node chunks = new IIOMetadataNode("iTXt");
            text.forEach((keyword, value) -> chunks.appendChild(entry(keyword, value)));
            Node root = new IIOMetadataNode(FORMAT);
            root.appendChild(chunks);
            metadata.mergeTree(FORMAT, root);
        }
        return metadata;
    }

    private static Node entry(String keyword, String value) {
        if (!keyword.matches("[!-~]([ -~]{0," + (LONGEST_KEYWORD - 2) + "}[!-~])?")) {
            throw new IllegalArgumentException(
                    "keyword: " + keyword + " (expected: 1 to 79 ASCII characters)");
        }
        IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
        entry.setAttribute("keyword", keyword);
        entry.setAttribute("compressionFlag", "FALSE");
        entry.setAttribute("compressionMethod", "0");
        entry.setAttribute("languageTag", "");
        entry.setAttribute("translatedKeyword", "");
        entry.setAttribute("text", value);
        return entry;
    }
}
