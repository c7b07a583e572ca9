package org.plumbline.worker.dataset;

/** Which part of a data set a row belongs to. */
public enum Split {
    /** Fits concepts and weights. */
    TRAIN(0),
    /** Chooses between settings. */
    VALIDATION(1),
    /** Measures; never used for fitting. */
    TEST(2);

    private final int value;

    Split(int value) {
        this.value = value;
    }

    /** Returns the value in {@code split.npy}. */
    public int value() {
        return value;
    }
}
