package org.plumbline.plugin.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Replaces files: whoever reads one finds the old content or the new one, whole. */
public final class WholeFile {
    private WholeFile() {}

    /** Puts bytes in place of a file; its folder is made where it is missing. */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, out -> out.write(content));
    }

    /** Puts text in place of a file, UTF-8; its folder is made where it is missing. */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Puts what is written in place of a file; its folder is made where it is missing. */
    public static void write(Path file, Content content) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (OutputStream out = Files.newOutputStream(fresh)) {
            content.writeTo(out);
        }
        Files.move(
                fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What a file shall hold. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it and may close the stream, which is closed afterwards. */
        void writeTo(OutputStream out) throws IOException;
    }
}
