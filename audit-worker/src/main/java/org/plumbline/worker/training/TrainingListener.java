package org.plumbline.worker.training;

/** Hears of progress and may stop a run; called on the training thread. */
public interface TrainingListener {
    /** Takes the state after a step. */
    void onStep(TrainingStep step);

    /**
     * Takes one line about how the run deviates from what was asked for, such as training without a
     * cache.
     */
    default void onWarning(String line) {}

    /** Returns whether to stop before the next step. */
    boolean cancelled();

    /** Returns a listener that hears nothing and never stops. */
    static TrainingListener none() {
        return new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {}

            @Override
            public boolean cancelled() {
                return false;
            }
        };
    }
}
