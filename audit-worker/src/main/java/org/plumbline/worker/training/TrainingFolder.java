package org.plumbline.worker.training;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the training states of one run are kept, so that a later process goes on from the last.
 * Immutable.
 *
 * @param folder existing; for runs of the same task on the same data alone
 * @param apart least time between two saves
 */
public record TrainingFolder(Path folder, Duration apart) {
    /**
     * Returns the checkpoints of one stage of a method.
     *
     * @param stage a file name without suffix; the same for the same stage of every attempt
     */
    public Checkpoints of(String stage) {
        return new Checkpoints(folder.resolve(stage + ".state"), 1, apart);
    }
}
