package org.plumbline.worker.correction;

/** Where a network's parameters begin. */
public enum Origin {
    /** Drawn anew by the rules of their layers. */
    FRESH,
    /** At the deployed archive's values. */
    DEPLOYED
}
