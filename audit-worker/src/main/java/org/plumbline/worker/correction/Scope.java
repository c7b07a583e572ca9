package org.plumbline.worker.correction;

/** Which parameters are trained. */
public enum Scope {
    /** Every parameter; batch normalisation of scripted models learns its statistics. */
    ALL,
    /** What stays trainable when convolutions and batch normalisation are frozen. */
    HEAD
}
