package org.plumbline.core.window;

/**
 * What removing a concept did to one request. Immutable.
 *
 * @param change of the logit when the concept was removed, in logits
 * @param linear change that the gradient foretold: mean sensitivity times the distance moved,
 *     summed over locations, in logits
 */
public record EffectSample(double change, double linear) {
    /** Returns whether both numbers are finite. */
    public boolean isFinite() {
        return Double.isFinite(change) && Double.isFinite(linear);
    }
}
