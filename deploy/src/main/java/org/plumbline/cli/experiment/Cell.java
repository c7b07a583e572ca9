package org.plumbline.cli.experiment;

/**
 * One number of runs: a method on a data set with a seed. Immutable.
 *
 * @param entry row of the table
 */
record Cell(Study study, long seed, String entry) {
    /** Returns the name of the data set and base model that cells of one column share. */
    String base() {
        return study.label() + "-seed" + seed;
    }

    /** Returns the name of the file that holds the result. */
    String file() {
        return base() + "-" + entry + ".json";
    }
}
