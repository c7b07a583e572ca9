package org.plumbline.core.tap;

import org.plumbline.core.tensor.FloatTensor;

/** What one explanation method says about a batch; heap values only, so it may cross threads. */
public final class Attribution {
    private final FloatTensor logits;
    private final long[] classes;
    private final FloatTensor relevance;

    Attribution(FloatTensor logits, long[] classes, FloatTensor relevance) {
        this.logits = logits;
        this.classes = classes;
        this.relevance = relevance;
    }

    /** Returns the logits {@code [n, classes]}, those of {@code forward}. */
    public FloatTensor logits() {
        return logits;
    }

    /** Returns a copy of the class explained for each sample, {@code [n]}. */
    public long[] classes() {
        return classes.clone();
    }

    /**
     * Returns the attribution, signed and as the method defines it: {@code [n, c, h, w]} of the
     * input, or the shape of the layer asked for.
     */
    public FloatTensor relevance() {
        return relevance;
    }
}
