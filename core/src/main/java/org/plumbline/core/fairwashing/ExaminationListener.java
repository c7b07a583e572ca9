package org.plumbline.core.fairwashing;

/** Hears how far an examination is and may end it; called on the examining thread. */
public interface ExaminationListener {
    /**
     * Takes the start of a step.
     *
     * @param phase explanation method or detector
     * @param step from 1
     * @param steps of the whole examination
     */
    void onStep(String phase, int step, int steps);

    /** Returns whether to stop before the next batch. */
    boolean cancelled();

    /** Returns a listener that hears nothing and ends nothing. */
    static ExaminationListener none() {
        return new ExaminationListener() {
            @Override
            public void onStep(String phase, int step, int steps) {}

            @Override
            public boolean cancelled() {
                return false;
            }
        };
    }
}
