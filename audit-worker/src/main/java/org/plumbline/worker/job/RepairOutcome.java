package org.plumbline.worker.job;

import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.gate.GateDecision;

/** What a repair led to. Immutable. */
public record RepairOutcome(
        EvaluationReport before,
        EvaluationReport after,
        GateDecision gate,
        Checkpoint checkpoint) {}
