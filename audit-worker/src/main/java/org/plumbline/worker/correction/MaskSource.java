package org.plumbline.worker.correction;

/** Where RRR's masks come from. */
public enum MaskSource {
    /** From the data set, which has one for each image. */
    DATASET,
    /** Found by LRP from the task's layer and concept, in the training images that have it. */
    LOCALISED
}
