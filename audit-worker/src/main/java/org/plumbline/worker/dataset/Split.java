package org.plumbline.worker.dataset;

/** Which part of a data set a row belongs to; the ordinal is the value in {@code split.npy}. */
public enum Split {
    /** Fits concepts and weights. */
    TRAIN,
    /** Chooses between settings. */
    VALIDATION,
    /** Measures; never used for fitting. */
    TEST
}
