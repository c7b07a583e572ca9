package org.plumbline.plugin.pipeline;

/**
 * How the series of one version are tested. Immutable.
 *
 * @param family tests in all: concepts times classes, at least 1
 * @param error probability that drift is ever reported for any of them without change, in (0, 1)
 * @param baselineSamples samples of a series that make its baseline, at least 1
 * @param baselines frozen before, and kept for later
 */
public record TestPlan(int family, double error, int baselineSamples, Baselines baselines) {
    /** Checks the ranges. */
    public TestPlan {
        if (family < 1 || baselineSamples < 1) {
            throw new IllegalArgumentException(
                    "family, samples: " + family + ", " + baselineSamples + " (expected: >= 1)");
        }
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
    }

    /** Returns the error of one series' baseline, and again that of its detector. */
    double share() {
        return error / (2.0 * family);
    }
}
