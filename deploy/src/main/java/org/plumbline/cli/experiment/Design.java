package org.plumbline.cli.experiment;

import org.plumbline.core.error.AuditException;
import org.plumbline.worker.LocalCorrection;
import org.plumbline.worker.generator.BiasedSet;

import java.nio.file.Path;
import java.util.Map;

/** What a table compares, and on what; {@link Experiment} fills it. Confined to one thread. */
interface Design {
    /**
     * Returns the parameters of a cell's method.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if the entry or a parameter is unknown
     */
    Map<String, String> parameters(Cell cell);

    /** Returns the method of a cell. */
    String method(Cell cell);

    /** Returns the data set of a cell, the same for all with one {@link Cell#base}. */
    BiasedSet data(Cell cell);

    /** Writes the archive that the cells of one {@link Cell#base} start from. */
    void writeBase(Cell cell, Path data, Path to, Repairs repairs);

    /** Returns the correction that fills a cell. */
    LocalCorrection.Request request(Cell cell, Places places);

    /**
     * Where the files of a cell lie. Immutable.
     *
     * @param base archive to correct
     * @param data folder of the data set
     * @param output archive to write
     * @param reports folder for what the method found
     */
    record Places(Path base, Path data, Path output, Path reports) {}
}
