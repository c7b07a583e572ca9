package org.plumbline.core.window;

/**
 * The causal numbers of a series at one moment. Immutable.
 *
 * @param samples samples with an intervention
 * @param change mean change of the logit when the concept is removed, signed, in logits
 * @param clippedChange the same with changes cut at {@link EffectSettings#clip}
 * @param changeBounds anytime-valid bounds of the mean behind {@code clippedChange}
 * @param clippedLinear mean change that the gradient foretold, cut likewise
 * @param linearBounds anytime-valid bounds of the mean behind {@code clippedLinear}
 * @param use what follows from the bounds
 */
public record EffectSnapshot(
        long samples,
        double change,
        double clippedChange,
        MeanBounds changeBounds,
        double clippedLinear,
        MeanBounds linearBounds,
        ConceptUse use) {}
