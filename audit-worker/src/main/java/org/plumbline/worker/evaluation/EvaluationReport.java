package org.plumbline.worker.evaluation;

import org.plumbline.core.sensitivity.TcavMetrics;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Numbers of one model on the test rows of a data set. Accuracies lie in [0, 1]. Immutable.
 *
 * @param samples test rows
 * @param accuracyStandardError {@code sqrt(a (1 - a) / n)}
 * @param cleanAccuracy over rows without the concept
 * @param biasedAccuracy over rows with the concept
 * @param worstGroupAccuracy smallest over {@code groups}
 * @param alignedAccuracy unweighted mean over (class, bias label) with both equal
 * @param conflictingAccuracy unweighted mean over (class, bias label) with both different
 * @param groups by class and concept; without a concept by class and bias label
 * @param tcav over rows with the concept, for the CAV of the original model
 */
public record EvaluationReport(
        long samples,
        double accuracy,
        double accuracyStandardError,
        OptionalDouble cleanAccuracy,
        OptionalDouble biasedAccuracy,
        OptionalDouble worstGroupAccuracy,
        OptionalDouble alignedAccuracy,
        OptionalDouble conflictingAccuracy,
        List<GroupAccuracy> groups,
        Optional<TcavMetrics> tcav) {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if {@code accuracy} is not in [0, 1]
     */
    public EvaluationReport {
        if (!(accuracy >= 0 && accuracy <= 1)) {
            throw new IllegalArgumentException("accuracy: " + accuracy + " (expected: 0 to 1)");
        }
        groups = List.copyOf(groups);
    }

    EvaluationReport withTcav(TcavMetrics metrics) {
        return new EvaluationReport(
                samples,
                accuracy,
                accuracyStandardError,
                cleanAccuracy,
                biasedAccuracy,
                worstGroupAccuracy,
                alignedAccuracy,
                conflictingAccuracy,
                groups,
                Optional.of(metrics));
    }
}
