package org.plumbline.worker.job;

/** Hears of every change of every job, in order; must be quick. */
@FunctionalInterface
public interface JobListener {
    /** Takes the job as it is now. */
    void onChange(Job job);
}
