package org.plumbline.worker.correction;

import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

/** Names the steps of one phase of a method after it. Immutable. */
record PhaseListener(String phase, TrainingListener listener) implements TrainingListener {
    @Override
    public void onStep(TrainingStep step) {
        listener.onStep(
                new TrainingStep(
                        phase,
                        step.epoch(),
                        step.epochs(),
                        step.step(),
                        step.steps(),
                        step.losses()));
    }

    @Override
    public void onWarning(String line) {
        listener.onWarning(line);
    }

    @Override
    public boolean cancelled() {
        return listener.cancelled();
    }
}
