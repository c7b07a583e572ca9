package org.plumbline.plugin.concept;

import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * One side of a concept's examples, as the model receives them. Immutable as long as the tensor is
 * left alone.
 *
 * @param inputs {@code [n, c, h, w]}
 * @param source where they come from: stands in messages
 * @param files the file of each row; empty if the source is one array
 */
public record Examples(FloatTensor inputs, String source, List<String> files) {
    private static final int BLOCK = 1 << 14;

    /** Copies the names. */
    public Examples {
        files = List.copyOf(files);
    }

    /** Returns the rows of one array. */
    public static Examples array(FloatTensor inputs, String source) {
        return new Examples(inputs, source, List.of());
    }

    /** Returns what a row is called. */
    public String row(int row) {
        return files.isEmpty() ? source + "[" + row + "]" : files.get(row);
    }

    /** Returns the digest of shape and values, whatever they are called. */
    public Digest digest() {
        MessageDigest digest = Digest.sha256();
        digest.update(Arrays.toString(inputs.shape()).getBytes(StandardCharsets.UTF_8));
        ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : inputs.values()) {
            if (!block.hasRemaining()) {
                digest.update(block.flip());
                block.clear();
            }
            block.putFloat(value);
        }
        digest.update(block.flip());
        return Digest.from(digest.digest());
    }
}
