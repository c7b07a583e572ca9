package org.plumbline.core.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * SHA-256 of some bytes. Immutable.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");
    private static final int SHORT = 12;
    private static final int BUFFER = 1 << 16;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if {@code hex} is not 64 lower-case hexadecimal digits
     */
    public Digest {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException(
                    "sha256: " + hex + " (expected: 64 lower-case hexadecimal digits)");
        }
    }

    /** Returns the digest of bytes. */
    public static Digest of(byte[] bytes) {
        return from(sha256().digest(bytes));
    }

    /** Returns the digest of a file, read in blocks. */
    public static Digest of(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return from(digest.digest());
    }

    /** Returns a fresh SHA-256, to feed block by block. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Returns the digest that {@code bytes}, 32 of them, spell. */
    public static Digest from(byte[] bytes) {
        return new Digest(HexFormat.of().formatHex(bytes));
    }

    /** Returns the first 12 digits, for names and labels. */
    public String brief() {
        return hex.substring(0, SHORT);
    }

    @Override
    public String toString() {
        return hex;
    }
}
