package org.plumbline.plugin.delivery;

import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.AuditConfig;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * What numbers of an audit depend on beside the traffic: two audits with the same basis can be
 * compared. Immutable.
 *
 * @param archive digest of the archive
 * @param concepts digest of layer, output, target, and every concept's examples, pooling and kind
 */
record AuditBasis(Digest archive, Digest concepts) {
    static AuditBasis of(Digest archive, AuditConfig config, List<ConceptExamples> concepts) {
        MessageDigest digest = Digest.sha256();
        text(digest, config.layer() + "\n" + config.output() + "\n" + config.target());
        for (ConceptExamples concept : concepts) {
            text(digest, concept.name() + "\n" + concept.cav() + "\n" + concept.pooling());
            tensor(digest, concept.positives());
            tensor(digest, concept.negatives());
        }
        return new AuditBasis(archive, Digest.from(digest.digest()));
    }

    /** Returns 64 bits of the archive's digest, as a seed. */
    long seed() {
        return Long.parseUnsignedLong(archive.hex().substring(0, 16), 16);
    }

    private static void text(MessageDigest digest, String text) {
        digest.update((text + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void tensor(MessageDigest digest, FloatTensor tensor) {
        text(digest, Arrays.toString(tensor.shape()));
        float[] values = tensor.values();
        ByteBuffer block = ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (!block.hasRemaining()) {
                digest.update(block.flip());
                block.clear();
            }
            block.putFloat(value);
        }
        digest.update(block.flip());
    }
}
