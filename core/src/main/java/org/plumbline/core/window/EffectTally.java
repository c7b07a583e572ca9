package org.plumbline.core.window;

/**
 * Collects the effects of removing a concept from one series and tells whether the model uses it,
 * in constant memory. Confined to one thread.
 *
 * <p>Two means are followed, each with anytime-valid bounds: of the change of the logit when the
 * concept is removed, and of the change that the gradient foretold. Single values are cut at
 * {@value #CLIP} logit, fixed in advance, so that the bounds hold for any distribution and replicas
 * share them. A mean is relevant beyond {@value #RELEVANT} logits, which multiplies the odds of the
 * class by 1.1.
 *
 * <ul>
 *   <li>{@link ConceptUse#UNUSED}: the bounds of the change lie within the relevant size;
 *   <li>{@link ConceptUse#MASKED}: they exclude it, and the bounds of the foretold change lie
 *       within half of it;
 *   <li>{@link ConceptUse#USED}: they exclude it, and so do those of the foretold change for half
 *       of it.
 * </ul>
 *
 * <p>A verdict stays until the bounds support another. With the error split over both means, the
 * probability that a verdict about the means so far is ever wrong is at most the error. The means
 * are signed: effects that cancel over the samples of a class do not count as use.
 */
public final class EffectTally {
    /** Logits at which single changes are cut. */
    public static final double CLIP = 1;

    /** Mean change, in logits, beyond which a concept is used. */
    public static final double RELEVANT = 0.1;

    private static final double DENIED = RELEVANT / 2;

    private final double error;
    private final MeanTally changes = new MeanTally(-CLIP, CLIP);
    private final MeanTally foretold = new MeanTally(-CLIP, CLIP);
    private double sum;
    private ConceptUse use = ConceptUse.UNDECIDED;

    /**
     * Makes an empty tally.
     *
     * @param error probability that a verdict is ever wrong, in (0, 1)
     */
    public EffectTally(double error) {
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
        this.error = error;
    }

    /** Adds a sample, whose numbers are finite. */
    public void add(EffectSample sample) {
        if (!sample.isFinite()) {
            throw new IllegalArgumentException("sample: " + sample + " (expected: finite)");
        }
        changes.add(sample.change());
        foretold.add(sample.linear());
        sum += sample.change();
        use = verdict(bounds(changes), bounds(foretold));
    }

    /** Returns the numbers now. */
    public EffectSnapshot snapshot() {
        MeanEstimate change = changes.estimate();
        MeanEstimate linear = foretold.estimate();
        return new EffectSnapshot(
                change.samples(),
                change.samples() == 0 ? 0 : sum / change.samples(),
                change.mean(),
                bounds(changes),
                linear.mean(),
                bounds(foretold),
                use);
    }

    private MeanBounds bounds(MeanTally tally) {
        return tally.estimate().bounds(error / 2);
    }

    private ConceptUse verdict(MeanBounds change, MeanBounds linear) {
        if (within(change, RELEVANT)) {
            return ConceptUse.UNUSED;
        }
        if (!beyond(change, RELEVANT)) {
            return use;
        }
        if (within(linear, DENIED)) {
            return ConceptUse.MASKED;
        }
        return beyond(linear, DENIED) ? ConceptUse.USED : use;
    }

    private static boolean within(MeanBounds bounds, double size) {
        return bounds.lower() > -size && bounds.upper() < size;
    }

    private static boolean beyond(MeanBounds bounds, double size) {
        return bounds.lower() > size || bounds.upper() < -size;
    }
}
