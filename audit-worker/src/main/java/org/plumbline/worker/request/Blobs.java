package org.plumbline.worker.request;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.BlobHeader;

/** Limits and checks shared by all chunked transfers. Thread-safe. */
final class Blobs {
    /** Largest chunk either side sends. */
    static final int CHUNK = 1 << 20;

    private Blobs() {}

    static Digest digest(String field, String hex) {
        try {
            return new Digest(hex);
        } catch (IllegalArgumentException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    field + ": " + hex + " (expected: 64 lower-case hexadecimal digits)",
                    e);
        }
    }

    static Digest digest(BlobHeader header) {
        return digest("sha256", header.getSha256());
    }

    static void checkChunk(int size) {
        if (size > CHUNK) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "chunk", size + " bytes", "at most " + CHUNK);
        }
    }
}
