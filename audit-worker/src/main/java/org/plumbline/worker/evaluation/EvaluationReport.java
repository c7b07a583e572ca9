package org.plumbline.worker.evaluation;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

import org.plumbline.core.cav.CavQuality;
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
 * @param estimates these and further numbers with 95 % confidence intervals
 * @param cav how far the CAV can be trusted, on the training rows and the model it was fitted to
 * @param notes what was left out and why, one line each
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
        Optional<TcavMetrics> tcav,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Estimate> estimates, // jobs of 0.1 have none
        Optional<CavQuality> cav,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> notes) {
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
        estimates = List.copyOf(estimates);
        notes = List.copyOf(notes);
    }

    /** Returns an estimate by its metric. */
    public Optional<Estimate> estimate(String metric) {
        return estimates.stream().filter(e -> e.metric().equals(metric)).findFirst();
    }
}
