package org.plumbline.plugin.pipeline;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.drift.Baseline;
import org.plumbline.core.drift.DriftDetector;
import org.plumbline.core.window.MeanTally;

import java.time.Instant;
import java.util.Optional;

/**
 * The mean of one quantity against what it was at first. Of a sensitivity, which has no range, the
 * first {@value #WARM_UP} samples only set the range that later ones are clipped to, their mean and
 * {@value #REACH} deviations to both sides; the guarantees hold for whatever range, as it precedes
 * what is clipped, and one around the mean lets small changes show. The next samples make the
 * baseline, all later ones go to the detector. A series without any sensitivity stays in warm-up.
 * Confined to one thread.
 */
final class DriftWatch {
    private static final int WARM_UP = 64;
    private static final int REACH = 5;
    private static final double LEAST_DEVIATION = 1e-3; // of the mean, where it never varies

    private final double share;
    private final int wanted;
    private long seen;
    private double mean;
    private double squares;
    private @Nullable MeanTally tally;
    private @Nullable FrozenBaseline baseline;
    private @Nullable DriftDetector detector;

    private DriftWatch(double share, int wanted, Optional<FrozenBaseline> known) {
        this.share = share;
        this.wanted = Math.max(2 * WARM_UP, wanted);
        known.ifPresent(this::watch);
    }

    /** Watches a sensitivity. */
    static DriftWatch ofSensitivity(TestPlan plan, Optional<FrozenBaseline> known) {
        return new DriftWatch(plan.sensitivityShare(), plan.baselineSamples(), known);
    }

    /** Watches a prevalence, given as 0 and 1. */
    static DriftWatch ofPrevalence(TestPlan plan, Optional<FrozenBaseline> known) {
        DriftWatch watch = new DriftWatch(plan.prevalenceShare(), plan.baselineSamples(), known);
        watch.tally = new MeanTally(0, 1);
        return watch;
    }

    /** Adds a finite value; returns the baseline if this sample completed it. */
    Optional<FrozenBaseline> add(double value, Instant at) {
        if (detector != null) {
            detector.add(value);
            return Optional.empty();
        }
        seen++;
        if (tally == null) {
            warm(value);
            return Optional.empty();
        }
        tally.add(value);
        if (seen < wanted) {
            return Optional.empty();
        }
        FrozenBaseline made = new FrozenBaseline(at, new Baseline(tally.estimate(), share));
        watch(made);
        return Optional.of(made);
    }

    private void warm(double value) {
        double step = value - mean;
        mean += step / seen;
        squares += step * (value - mean);
        double deviation = Math.max(Math.sqrt(squares / seen), LEAST_DEVIATION * Math.abs(mean));
        double low = mean - REACH * deviation;
        double high = mean + REACH * deviation;
        if (seen >= WARM_UP && high > low && Double.isFinite(high - low)) {
            tally = new MeanTally(low, high);
        }
    }

    /** Returns what is known; empty until the baseline is complete. */
    Optional<DriftEvidence> evidence() {
        if (baseline == null || detector == null) {
            return Optional.empty();
        }
        return Optional.of(
                new DriftEvidence(
                        baseline,
                        detector.evidence(),
                        1 / share,
                        detector.alarm(),
                        detector.rising(),
                        detector.samples()));
    }

    private void watch(FrozenBaseline found) {
        baseline = found;
        detector = new DriftDetector(found.mean(), share);
    }
}
