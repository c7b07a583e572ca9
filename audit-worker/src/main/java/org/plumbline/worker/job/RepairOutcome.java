package org.plumbline.worker.job;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.evaluation.PairedComparison;
import org.plumbline.worker.gate.GateDecision;

import java.util.List;
import java.util.Optional;

/**
 * What a repair led to. Immutable.
 *
 * @param paired before and after, row by row; empty for jobs measured without
 * @param warnings how the run deviated from what was asked for, one line each
 */
public record RepairOutcome(
        EvaluationReport before,
        EvaluationReport after,
        GateDecision gate,
        Checkpoint checkpoint,
        Optional<PairedComparison> paired,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> warnings) {
    /** Copies the warnings. */
    public RepairOutcome {
        warnings = List.copyOf(warnings);
    }
}
