package org.plumbline.worker.job;

import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.evaluation.PairedComparison;
import org.plumbline.worker.gate.GateDecision;

import java.util.Optional;

/**
 * What a repair led to. Immutable.
 *
 * @param paired before and after, row by row; empty for jobs measured without
 */
public record RepairOutcome(
        EvaluationReport before,
        EvaluationReport after,
        GateDecision gate,
        Checkpoint checkpoint,
        Optional<PairedComparison> paired) {}
