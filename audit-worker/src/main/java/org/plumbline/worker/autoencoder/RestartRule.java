package org.plumbline.worker.autoencoder;

import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

/**
 * Ends a training that collapsed, so that another begins: after 40 updates all places still have
 * one code. Confined to one thread.
 */
final class RestartRule implements TrainingListener {
    /** Trainings until images count as impossible. */
    static final int MOST_ATTEMPTS = 30;

    private static final long LOOKED_AT = 40;

    private final TrainingListener listener;
    private boolean collapsed;

    RestartRule(TrainingListener listener) {
        this.listener = listener;
    }

    @Override
    public void onStep(TrainingStep step) {
        double perplexity = step.losses().getOrDefault(VqVaeTrainee.PERPLEXITY, Double.NaN);
        collapsed |= step.step() == LOOKED_AT && perplexity == 1; // exactly, as published
        listener.onStep(step);
    }

    @Override
    public void onWarning(String line) {
        listener.onWarning(line);
    }

    @Override
    public boolean cancelled() {
        return collapsed || listener.cancelled();
    }

    boolean collapsed() {
        return collapsed;
    }
}
