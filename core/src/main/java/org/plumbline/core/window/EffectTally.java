package org.plumbline.core.window;

/**
 * Collects the effects of removing a concept from one series and tells whether the model uses it,
 * in constant memory. Confined to one thread.
 *
 * <p>Two means are followed, each with anytime-valid bounds: of the change of the logit when the
 * concept is removed, and of the change that the gradient foretold. Single values are cut at {@link
 * EffectSettings#clip}, fixed in advance, so that the bounds hold for any distribution and replicas
 * share them. A mean is relevant beyond {@link EffectSettings#relevant}.
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
 * are signed: effects that cancel over the samples of a class do not count as use. The bounds are
 * looked at after each of the first {@value #STEPS} samples and then each time their number has
 * grown by one part in {@value #STEPS}; looking less often than allowed costs that much delay and
 * no guarantee.
 */
public final class EffectTally {
    private static final int STEPS = 64;

    private final EffectSettings settings;
    private final MeanTally changes;
    private final MeanTally foretold;
    private double sum;
    private long samples;
    private long nextLook = 1;
    private ConceptUse use = ConceptUse.UNDECIDED;

    /** Makes an empty tally. */
    public EffectTally(EffectSettings settings) {
        this.settings = settings;
        changes = new MeanTally(-settings.clip(), settings.clip());
        foretold = new MeanTally(-settings.clip(), settings.clip());
    }

    /** Adds a sample, whose numbers are finite. */
    public void add(EffectSample sample) {
        if (!sample.isFinite()) {
            throw new IllegalArgumentException("sample: " + sample + " (expected: finite)");
        }
        changes.add(sample.change());
        foretold.add(sample.linear());
        sum += sample.change();
        samples++;
        if (samples >= nextLook) {
            nextLook = samples + Math.max(1, samples / STEPS);
            use = verdict(bounds(changes), bounds(foretold));
        }
    }

    /** Returns the verdict of the last look. */
    public ConceptUse use() {
        return use;
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
        return tally.estimate().bounds(settings.error() / 2);
    }

    private ConceptUse verdict(MeanBounds change, MeanBounds linear) {
        double relevant = settings.relevant();
        double denied = relevant / 2;
        if (within(change, relevant)) {
            return ConceptUse.UNUSED;
        }
        if (!beyond(change, relevant)) {
            return use;
        }
        if (within(linear, denied)) {
            return ConceptUse.MASKED;
        }
        return beyond(linear, denied) ? ConceptUse.USED : use;
    }

    private static boolean within(MeanBounds bounds, double size) {
        return bounds.lower() > -size && bounds.upper() < size;
    }

    private static boolean beyond(MeanBounds bounds, double size) {
        return bounds.lower() > size || bounds.upper() < -size;
    }
}
