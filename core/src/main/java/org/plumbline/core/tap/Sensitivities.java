package org.plumbline.core.tap;

/**
 * Directional derivatives of one audited batch, reduced over locations; heap values only.
 * Immutable.
 *
 * <p>For sample {@code i} and concept {@code k} with the map {@code s_hw = gradient_hw . cav_k}:
 * {@link #mean} is its mean over locations, {@link #meanAbsolute} the mean of its magnitude, {@link
 * #positive} and {@link #negative} count locations strictly above and below zero. {@link
 * #projection} tells what the activation itself holds of the concept, without any derivative.
 */
public final class Sensitivities {
    private static final int STATISTICS = 4;
    private static final int POOLINGS = 2;

    private final int samples;
    private final int concepts;
    private final float[] values;
    private final long[] targets;
    private final float[] projections;

    Sensitivities(int concepts, float[] values, long[] targets, float[] projections) {
        samples = targets.length;
        this.concepts = concepts;
        this.values = values;
        this.targets = targets;
        this.projections = projections;
    }

    /** Returns the number of samples. */
    public int samples() {
        return samples;
    }

    /** Returns the number of concepts. */
    public int concepts() {
        return concepts;
    }

    /** Returns the class whose logit was differentiated for sample {@code i}. */
    public int target(int i) {
        return Math.toIntExact(targets[i]);
    }

    /** Returns the mean sensitivity over locations, logits per unit of activation. */
    public float mean(int i, int k) {
        return at(i, k, 0);
    }

    /** Returns the number of locations with positive sensitivity. */
    public int positive(int i, int k) {
        return (int) at(i, k, 1);
    }

    /** Returns the number of locations with negative sensitivity. */
    public int negative(int i, int k) {
        return (int) at(i, k, 2);
    }

    /** Returns the mean magnitude over locations, logits per unit of activation, at least 0. */
    public float meanAbsolute(int i, int k) {
        return at(i, k, 3);
    }

    /**
     * Returns the projection of the pooled activation on the CAV, in units of activation.
     *
     * @param max whether channels are pooled by their maximum over locations, else by their mean
     */
    public float projection(int i, int k, boolean max) {
        return projections[(i * concepts + k) * POOLINGS + (max ? 1 : 0)];
    }

    private float at(int i, int k, int statistic) {
        return values[(i * concepts + k) * STATISTICS + statistic];
    }
}
