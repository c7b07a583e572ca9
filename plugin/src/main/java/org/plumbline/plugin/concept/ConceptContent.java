package org.plumbline.plugin.concept;

import org.plumbline.core.model.Digest;

import java.nio.charset.StandardCharsets;

/**
 * What a concept is made of: two of equal content have the same CAV in the same model. Immutable.
 *
 * @param positives examples showing the concept
 * @param negatives examples without it
 * @param settings how it is fitted
 */
public record ConceptContent(Side positives, Side negatives, FitSettings settings) {
    /**
     * One side. Immutable.
     *
     * @param count examples
     * @param digest of shape and values
     */
    public record Side(int count, Digest digest) {}

    /** Returns one digest of it all but the seed, which moves no CAV. */
    public Digest direction() {
        String text =
                String.join(
                        "\n",
                        positives.digest().hex(),
                        negatives.digest().hex(),
                        settings.cav().label(),
                        settings.pooling().name());
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
