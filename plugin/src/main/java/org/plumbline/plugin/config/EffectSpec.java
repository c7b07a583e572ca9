package org.plumbline.plugin.config;

import org.plumbline.core.window.EffectSettings;

/**
 * How concepts are removed from live activations, and from when on a model uses them. Immutable.
 *
 * @param relevant mean change of the logit beyond which a concept is used, in logits
 * @param rate share of the audits that remove concepts, in [0, 1]; 0 never
 * @param clip logits at which single changes are cut, above {@code relevant}
 */
public record EffectSpec(double relevant, double rate, double clip) {
    /** What is used when nothing is configured. */
    public static final EffectSpec STANDARD =
            new EffectSpec(EffectSettings.STANDARD_RELEVANT, 0.0625, EffectSettings.STANDARD_CLIP);

    private static final double LEAST_RELEVANT = 0.001;
    private static final double LEAST_CLIP = 0.01;
    private static final double MOST = 100;

    static EffectSpec read(Section section) {
        double relevant = section.number("relevant", LEAST_RELEVANT, MOST, STANDARD.relevant());
        double rate = section.ratio("rate").orElse(STANDARD.rate());
        double clip = section.number("clip", LEAST_CLIP, MOST, STANDARD.clip());
        if (relevant >= clip) {
            section.problem("relevant", relevant, "below effect.clip, " + clip);
        }
        section.refuseUnknown();
        return new EffectSpec(relevant, rate, clip);
    }

    /** Returns when a concept counts as used, with the error of its verdict in (0, 1). */
    public EffectSettings settings(double error) {
        return new EffectSettings(relevant, clip, error);
    }
}
