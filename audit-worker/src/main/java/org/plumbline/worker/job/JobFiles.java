package org.plumbline.worker.job;

import org.plumbline.worker.store.Disk;

import java.io.IOException;
import java.nio.file.Path;

/** Where jobs keep their files. Thread-safe. */
public final class JobFiles {
    private final Path checkpoints;
    private final Path work;

    /** Makes the folders; what an earlier process left half-done is removed. */
    public JobFiles(Path checkpoints, Path work) {
        this.checkpoints = Disk.folder(checkpoints);
        this.work = work;
        clear(work);
        Disk.folder(work);
    }

    /** Returns where the sealed archive of a job lies once it is complete. */
    public Path checkpoint(String job) {
        return checkpoints.resolve(job + ".pt");
    }

    /** Returns where the reports of a job's method are written, if it writes any. */
    public Path reports(String job) {
        return checkpoints.resolve(job + "-report");
    }

    /** Returns an empty folder for temporary files. */
    public Path workFolder(String name) {
        clear(work.resolve(name));
        return Disk.folder(work.resolve(name));
    }

    /** Removes a folder of temporary files. */
    public void removeWorkFolder(String name) {
        clear(work.resolve(name));
    }

    private static void clear(Path folder) {
        try {
            Disk.delete(folder);
        } catch (IOException e) {
            throw Disk.failure("work", e);
        }
    }
}
