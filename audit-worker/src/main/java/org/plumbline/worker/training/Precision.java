package org.plumbline.worker.training;

/** What convolutions and matrix products compute in while a model is trained. */
public enum Precision {
    /** As everything else. */
    FLOAT32,
    /** Forward and backward in bfloat16; parameters, gradients and all else in float32. */
    BFLOAT16
}
