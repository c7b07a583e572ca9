package org.plumbline.plugin.pipeline;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.drift.Baseline;
import org.plumbline.core.drift.DriftDetector;
import org.plumbline.core.window.SensitivityTally;

import java.time.Instant;
import java.util.Optional;

/**
 * The mean sensitivity of one series against what it was at first. The first samples set a clip,
 * then make the baseline; later ones go to the detector. Confined to one thread.
 */
final class DriftWatch {
    private static final int LEAST = 2 * SensitivityTally.WARM_UP; // half of them set the clip

    private final double share;
    private final int wanted;
    private final SensitivityTally tally = SensitivityTally.warmingUp();
    private long seen;
    private @Nullable FrozenBaseline baseline;
    private @Nullable DriftDetector detector;

    DriftWatch(TestPlan plan, Optional<FrozenBaseline> known) {
        share = plan.share();
        wanted = Math.max(LEAST, plan.baselineSamples());
        known.ifPresent(this::watch);
    }

    /** Adds a finite value; returns the baseline if this sample completed it. */
    Optional<FrozenBaseline> add(double sensitivity, Instant at) {
        if (detector != null) {
            detector.add(sensitivity);
            return Optional.empty();
        }
        tally.add(sensitivity);
        seen++;
        if (seen < wanted) {
            return Optional.empty();
        }
        Optional<FrozenBaseline> made =
                tally.estimate()
                        .filter(estimate -> estimate.samples() > 0)
                        .map(estimate -> new FrozenBaseline(at, new Baseline(estimate, share)));
        made.ifPresent(this::watch);
        return made;
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
        detector = new DriftDetector(found.sensitivity(), share);
    }
}
