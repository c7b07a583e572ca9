package org.plumbline.cli.experiment;

/**
 * How much an experiment does. Immutable.
 *
 * @param trainingImages training rows
 * @param testImages test images
 * @param trainingEpochs epochs that make the biased model
 * @param correctionEpochs epochs of every correction; 0: those of its parameters
 */
record ExperimentScale(
        int trainingImages, int testImages, int trainingEpochs, int correctionEpochs) {
    static final ExperimentScale FULL = new ExperimentScale(10_000, 2_000, 8, 0);
    static final ExperimentScale SHORT = new ExperimentScale(4_000, 1_000, 5, 4);
}
