package org.plumbline.core.significance;

/** What is compared with random CAVs; zero where the direction has no influence. */
public enum PoolStatistic {
    /**
     * Twice the TCAV score minus one, in [-1, 1]: exactly antisymmetric in the CAV, also in
     * floating point, so that a score of 0.3 and one of 0.7 are equally far from neutral.
     */
    SCORE {
        @Override
        double of(long positive, long negative, double sum, long samples) {
            long counted = positive + negative;
            return counted == 0 ? 0 : (double) (positive - negative) / counted;
        }
    },
    /** Mean sensitivity, signed, logits per unit of activation. */
    SENSITIVITY {
        @Override
        double of(long positive, long negative, double sum, long samples) {
            return samples == 0 ? 0 : sum / samples;
        }
    };

    abstract double of(long positive, long negative, double sum, long samples);
}
