package org.plumbline.worker.correction.pruning;

/** How rows that conflict with the bias are found. */
public enum Mining {
    /** Those that the biased model gets wrong. */
    WRONG,
    /** Those of which the biased model is unsure throughout its training. */
    ENSEMBLE,
    /** Those whose bias label differs from their label: an upper bound. */
    SUPERVISED
}
