package org.plumbline.worker.correction;

import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.util.ArrayList;
import java.util.List;

/** Keeps the training steps it hears of and stops the run after some. */
final class Recording implements TrainingListener {
    private final int most;
    private final List<TrainingStep> steps = new ArrayList<>();

    private Recording(int most) {
        this.most = most;
    }

    static Recording upTo(int most) {
        return new Recording(most);
    }

    /** Returns the steps of training, not those that tell of results. */
    List<TrainingStep> steps() {
        return steps;
    }

    @Override
    public void onStep(TrainingStep step) {
        if (step.step() > 0) {
            steps.add(step);
        }
    }

    @Override
    public boolean cancelled() {
        return steps.size() >= most;
    }
}
