package org.plumbline.cli.experiment;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.worker.LocalCorrection;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.job.RepairOutcome;
import org.plumbline.worker.job.RepairProgress;

import java.util.Map;
import java.util.TreeMap;

/** Corrections one after another, as a worker would run them. Confined to one thread. */
final class Repairs {
    private final Progress progress;

    Repairs(Progress progress) {
        this.progress = progress;
    }

    /**
     * A correction that ran. Immutable.
     *
     * @param steps made, by the name of the phase
     */
    record Done(RepairOutcome outcome, Map<String, Long> steps) {
        Done {
            steps = Map.copyOf(steps);
        }
    }

    /**
     * Runs one correction.
     *
     * @throws org.plumbline.core.error.AuditException with one clear line
     */
    Done run(LocalCorrection.Request request) {
        Map<String, Long> steps = new TreeMap<>();
        RepairOutcome outcome =
                LocalCorrection.run(
                        request,
                        GateBounds.defaults(),
                        DeviceChoice.AUTO,
                        state -> {
                            show(state);
                            if (state.epoch() > 0) {
                                steps.merge(state.phase(), state.step(), Math::max);
                            }
                        });
        progress.done();
        return new Done(outcome, steps);
    }

    private void show(RepairProgress state) {
        progress.show(
                state.phase(),
                state.step(),
                state.steps(),
                "epoch " + state.epoch() + "/" + state.epochs());
    }
}
