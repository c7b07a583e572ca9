package org.plumbline.worker.job;

import org.plumbline.worker.evaluation.EvaluationReport;

/** Hears of a repair and may stop it; called on the repairing thread. */
public interface RepairListener {
    /** Takes progress, as often as once per training step. */
    void onProgress(RepairProgress progress);

    /** Takes the evaluation of the original. */
    void onBefore(EvaluationReport report);

    /** Takes one line about how the run deviates from what was asked for. */
    void onWarning(String line);

    /** Returns whether to stop at the next step. */
    boolean cancelled();
}
