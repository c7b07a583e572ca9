package org.plumbline.worker.job;

import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.LongSupplier;

/** Passes training steps on as repair progress, with the time left. Confined to one thread. */
final class TrainingProgress implements TrainingListener {
    private static final double NANOS = 1e9;

    private final RepairListener listener;
    private final LongSupplier ticker;
    private final Set<String> warnings = new LinkedHashSet<>();
    private final List<TrainingStep> findings = new ArrayList<>();
    private long trainingSince = Long.MIN_VALUE;
    private long firstStep;

    TrainingProgress(RepairListener listener, LongSupplier ticker) {
        this.listener = listener;
        this.ticker = ticker;
    }

    @Override
    public void onStep(TrainingStep step) {
        if (step.isFinding()) {
            findings.add(step);
        }
        listener.onProgress(
                new RepairProgress(
                        step.phase(),
                        step.epoch(),
                        step.epochs(),
                        step.step(),
                        step.steps(),
                        step.losses(),
                        eta(step)));
    }

    @Override
    public void onWarning(String line) {
        if (warnings.add(line)) {
            listener.onWarning(line);
        }
    }

    /** Returns the distinct warnings so far. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Returns what training has found so far, in that order. */
    List<TrainingStep> findings() {
        return List.copyOf(findings);
    }

    @Override
    public boolean cancelled() {
        return listener.cancelled();
    }

    /** The first step only starts the clock: it carries warm-up. */
    private OptionalDouble eta(TrainingStep step) {
        if (step.epoch() == 0 || step.steps() == 0) {
            return OptionalDouble.empty();
        }
        long now = ticker.getAsLong();
        if (trainingSince == Long.MIN_VALUE) {
            trainingSince = now;
            firstStep = step.step();
        }
        long done = step.step() - firstStep;
        return done == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        (now - trainingSince) / NANOS / done * (step.steps() - step.step()));
    }
}
