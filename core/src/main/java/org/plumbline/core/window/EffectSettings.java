package org.plumbline.core.window;

/**
 * When a concept counts as used. Immutable.
 *
 * @param relevant mean change of the logit beyond which a concept is used, in logits, in (0, clip)
 * @param clip logits at which single changes are cut, finite; replicas that are to be merged need
 *     the same
 * @param error probability that a verdict is ever wrong, in (0, 1)
 */
public record EffectSettings(double relevant, double clip, double error) {
    /** Relevant size when nothing is configured; it multiplies the odds of the class by 1.1. */
    public static final double STANDARD_RELEVANT = 0.1;

    /** Cut when nothing is configured, in logits. */
    public static final double STANDARD_CLIP = 1;

    /** Checks the ranges. */
    public EffectSettings {
        if (!(clip > 0 && Double.isFinite(2 * clip))) {
            throw new IllegalArgumentException("clip: " + clip + " (expected: finite, > 0)");
        }
        if (!(relevant > 0 && relevant < clip)) {
            throw new IllegalArgumentException(
                    "relevant: " + relevant + " (expected: in (0, " + clip + "))");
        }
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
    }

    /** Returns the standard sizes with an error. */
    public static EffectSettings standard(double error) {
        return new EffectSettings(STANDARD_RELEVANT, STANDARD_CLIP, error);
    }
}
