package org.plumbline.cli.experiment;

/**
 * One number of runs: a row of the table on a data set with a seed. Immutable.
 *
 * @param set label of the data set, and of the network that learns it
 * @param images training rows, which tell short runs from full ones
 * @param choosing whether it was measured on held-out training images instead of test images
 * @param entry row of the table
 */
record Cell(String set, int images, boolean choosing, long seed, String entry) {
    /** Returns the name of the data set and base model that cells of one column share. */
    String base() {
        return set + "-" + images + (choosing ? "-choosing" : "") + "-seed" + seed;
    }

    /** Returns the name of the file that holds the result. */
    String file() {
        return name() + ".json";
    }

    /** Returns what tells the cell from all others. */
    String name() {
        return base() + "-" + entry;
    }
}
