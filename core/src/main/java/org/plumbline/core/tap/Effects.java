package org.plumbline.core.tap;

/** What interventions did to one logit of every sample; heap values only. Immutable. */
public final class Effects {
    private static final int NUMBERS = 2;

    private final int samples;
    private final int interventions;
    private final float[] values;
    private final long[] targets;

    Effects(int samples, int interventions, float[] values, long[] targets) {
        this.samples = samples;
        this.interventions = interventions;
        this.values = values;
        this.targets = targets;
    }

    /** Returns the number of samples. */
    public int samples() {
        return samples;
    }

    /** Returns the number of interventions. */
    public int interventions() {
        return interventions;
    }

    /** Returns the class whose logit was followed for sample {@code i}. */
    public int target(int i) {
        return Math.toIntExact(targets[i]);
    }

    /** Returns by how much intervention {@code j} moved the logit of sample {@code i}. */
    public float change(int i, int j) {
        return values[(i * interventions + j) * NUMBERS];
    }

    /**
     * Returns the signed distance moved along the direction, summed over locations, in units of
     * activation: times the mean sensitivity over locations it is the change a linear head would
     * have shown.
     */
    public float reach(int i, int j) {
        return values[(i * interventions + j) * NUMBERS + 1];
    }
}
