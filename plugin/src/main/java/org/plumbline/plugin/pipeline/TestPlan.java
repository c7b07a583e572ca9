package org.plumbline.plugin.pipeline;

/**
 * How the series of one version are tested. Immutable.
 *
 * <p>The error of drift is spent in halves on the sensitivities, equally for every concept and
 * class, and on the prevalences, equally for every concept; each such part in halves again on the
 * baseline and its detector.
 *
 * @param concepts audited, at least 1
 * @param classes whose logits may be differentiated, at least 1
 * @param error probability that drift is ever reported for any of them without change, in (0, 1)
 * @param baselineSamples samples that make a baseline, at least 1
 * @param degrees of freedom that the examples leave to the spread of the random CAVs, at least 1
 * @param baselines frozen before, and kept for later
 */
public record TestPlan(
        int concepts,
        int classes,
        double error,
        int baselineSamples,
        double degrees,
        Baselines baselines) {
    private static final int PARTS = 4;

    /** Checks the ranges. */
    public TestPlan {
        if (concepts < 1 || classes < 1 || baselineSamples < 1) {
            throw new IllegalArgumentException(
                    "concepts, classes, samples: "
                            + concepts
                            + ", "
                            + classes
                            + ", "
                            + baselineSamples
                            + " (expected: >= 1)");
        }
        Math.multiplyExact(concepts, classes);
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
        if (!(degrees >= 1)) {
            throw new IllegalArgumentException("degrees: " + degrees + " (expected: >= 1)");
        }
    }

    /** Returns the number of comparisons with random CAVs. */
    int family() {
        return concepts * classes;
    }

    /** Returns the error of one sensitivity's baseline, and again that of its detector. */
    double sensitivityShare() {
        return error / PARTS / family();
    }

    /** Returns the error of one prevalence's baseline, and again that of its detector. */
    double prevalenceShare() {
        return error / PARTS / concepts;
    }
}
