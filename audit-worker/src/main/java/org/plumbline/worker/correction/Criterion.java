package org.plumbline.worker.correction;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Which scalar of the logits RR-ClArC differentiates. */
public enum Criterion {
    /** The largest logit of each sample. */
    MAX_LOGIT("max_logit"),
    /** The logit of the label, or of one fixed class. */
    TARGET_LOGIT("signed_logits"),
    /** The sum of all logits. */
    ALL_LOGITS("signed_logits"),
    /** All logits with random signs, drawn anew for every sample, class and step. */
    ALL_LOGITS_RANDOM("signed_logits"),
    /** The mean over classes of {@code log(softmax + 1e-5)}. */
    LOGPROBS("logprobs");

    private final String scalar;

    Criterion(String scalar) {
        this.scalar = scalar;
    }

    /** Returns the function that computes the scalar. */
    String function() {
        return "plumbline_rr_clarc_" + scalar;
    }

    /**
     * Returns the factors {@code [n, classes]} of the logits before they are differentiated.
     *
     * @param labels of the samples
     * @param target whose logit {@link #TARGET_LOGIT} takes; empty: the label's
     * @param seed of random signs, with the number of the step
     */
    float[] signs(long[] labels, int classes, OptionalInt target, long seed, long step) {
        float[] signs = new float[labels.length * classes];
        if (this == TARGET_LOGIT) {
            for (int i = 0; i < labels.length; i++) {
                signs[i * classes + target.orElse((int) labels[i])] = 1;
            }
        } else if (this == ALL_LOGITS_RANDOM) {
            SplittableRandom random =
                    new SplittableRandom(new SplittableRandom(seed).split().nextLong() + step);
            for (int i = 0; i < signs.length; i++) {
                signs[i] = -(1 | random.nextInt() >> 31); // a branch would cost five times more
            }
        } else {
            Arrays.fill(signs, 1);
        }
        return signs;
    }
}
