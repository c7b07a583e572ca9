package org.plumbline.cli.experiment;

/**
 * How much an experiment does. Immutable.
 *
 * @param trainingImages training rows
 * @param testImages test images
 * @param trainingEpochs epochs that make the biased model
 * @param correctionEpochs epochs of every correction; 0: those of its parameters
 * @param choosing whether to measure on training images that no run trains on, as choosing
 *     parameters demands, instead of test images
 */
record ExperimentScale(
        int trainingImages,
        int testImages,
        int trainingEpochs,
        int correctionEpochs,
        boolean choosing) {
    static final ExperimentScale FULL = new ExperimentScale(10_000, 2_000, 8, 0, false);
    static final ExperimentScale SHORT = new ExperimentScale(4_000, 1_000, 5, 4, false);

    /** Returns the same scale that leaves the test images alone. */
    ExperimentScale forChoosing() {
        return new ExperimentScale(
                trainingImages, testImages, trainingEpochs, correctionEpochs, true);
    }
}
