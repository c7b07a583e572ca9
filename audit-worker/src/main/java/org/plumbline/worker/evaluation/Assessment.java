package org.plumbline.worker.evaluation;

import java.util.Optional;

/**
 * One model measured on one data set. Immutable.
 *
 * @param report the numbers
 * @param rows the answers behind them; empty where they were not kept, and then two assessments
 *     cannot be compared row by row
 */
public record Assessment(EvaluationReport report, Optional<RowOutcomes> rows) {
    /** Makes an assessment whose rows are kept. */
    public static Assessment of(EvaluationReport report, RowOutcomes rows) {
        return new Assessment(report, Optional.of(rows));
    }

    /** Makes an assessment of numbers alone. */
    public static Assessment of(EvaluationReport report) {
        return new Assessment(report, Optional.empty());
    }
}
