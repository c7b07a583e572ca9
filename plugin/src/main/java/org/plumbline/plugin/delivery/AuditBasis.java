package org.plumbline.plugin.delivery;

import org.plumbline.core.model.Digest;
import org.plumbline.plugin.config.AuditConfig;

import java.nio.charset.StandardCharsets;

/**
 * What numbers of an audit depend on beside the traffic and the concept: of one basis, those of the
 * same concept can be compared. Immutable.
 *
 * @param archive digest of the archive
 * @param settings digest of layer, output and target
 */
record AuditBasis(Digest archive, Digest settings) {
    static AuditBasis of(Digest archive, AuditConfig config) {
        String text = config.layer() + "\n" + config.output() + "\n" + config.target();
        return new AuditBasis(archive, Digest.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns 64 bits of the archive's digest, as a seed. */
    long seed() {
        return Long.parseUnsignedLong(archive.hex().substring(0, 16), 16);
    }
}
