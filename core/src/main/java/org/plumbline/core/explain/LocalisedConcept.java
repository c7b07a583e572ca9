package org.plumbline.core.explain;

import org.plumbline.core.tap.Attribution;
import org.plumbline.core.tensor.FloatTensor;

/**
 * Where a concept lies in some images. Immutable but for the tensors.
 *
 * @param maps {@code [n, h, w]}, at least 0, in units of activation
 * @param pixels signed relevance {@code [n, c, h, w]}, and the logits of the images
 * @param start relevance at the layer, {@code [n, ...]}; its sum over a sample is how strongly the
 *     layer shows the concept
 */
public record LocalisedConcept(FloatTensor maps, Attribution pixels, FloatTensor start) {
    /** Returns how strongly the layer shows the concept in a sample, summed over locations. */
    public double strength(int row) {
        double sum = 0;
        for (int i = row * start.rowSize(); i < (row + 1) * start.rowSize(); i++) {
            sum += start.values()[i];
        }
        return sum;
    }
}
