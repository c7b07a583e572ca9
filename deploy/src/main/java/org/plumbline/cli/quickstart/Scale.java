package org.plumbline.cli.quickstart;

/**
 * How much a run does; the steps are the same at every scale. Immutable.
 *
 * @param trainingImages training rows
 * @param testImages test images, each measured with and without the artifact
 * @param requests images sent over HTTP with and without the artifact
 * @param trainingEpochs epochs that make the biased model
 * @param correctionEpochs epochs of the correction
 */
record Scale(
        int trainingImages,
        int testImages,
        int requests,
        int trainingEpochs,
        int correctionEpochs) {
    /** What the README shows. */
    static final Scale FULL = new Scale(10_000, 2_000, 400, 8, 8);

    /** For continuous integration. */
    static final Scale SHORT = new Scale(6_000, 1_000, 200, 8, 6);
}
