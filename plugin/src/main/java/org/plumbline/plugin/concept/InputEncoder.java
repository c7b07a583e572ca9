package org.plumbline.plugin.concept;

import org.plumbline.core.tensor.FloatTensor;

/** Turns an image into what the model receives, by the model's own translator. Thread-safe. */
public interface InputEncoder extends AutoCloseable {
    /**
     * Encodes one image.
     *
     * @param image PNG or JPEG bytes
     * @return {@code [1, c, h, w]}
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if the translator refuses it
     */
    FloatTensor encode(byte[] image, String name);

    @Override
    void close();
}
