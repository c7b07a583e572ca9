package org.plumbline.core.cav;

import org.plumbline.core.tensor.DenseVector;

import java.util.Arrays;

/**
 * How far two groups of projections on a CAV lie apart. Immutable.
 *
 * <p>Source: frederikpahde/rrclarc, {@code measure_quality_cav_attacked.py}, whose separabilities
 * have the opposite sign (there good CAVs have negative ones).
 *
 * @param separability {@code (mean artifact - mean clean) / sqrt(var artifact + var clean)} with
 *     population variances; larger is better
 * @param separabilityByDeviations the same numerator over {@code sqrt(std artifact * std clean)}
 * @param accuracy mean over the two groups of the share on its side of the middle between the
 *     means, in [0, 1]
 * @param auc probability that a sample with the concept projects further than one without, ties
 *     half, in [0, 1]
 * @param wasserstein earth mover's distance between the groups, both divided by the mean of the
 *     group with the concept
 */
public record GroupSeparation(
        double separability,
        double separabilityByDeviations,
        double accuracy,
        double auc,
        double wasserstein) {
    private static final int LEGACY_THRESHOLDS = 1000;

    /** Returns the separation of labelled activations by a direction {@code [d]}. */
    public static GroupSeparation of(LabelledActivations data, DenseVector direction) {
        return of(data.projections(direction, true), data.projections(direction, false));
    }

    /**
     * Returns the separation of two groups of projections, neither empty.
     *
     * @param artifact of samples with the concept
     * @param clean of samples without
     */
    public static GroupSeparation of(double[] artifact, double[] clean) {
        double gap = mean(artifact) - mean(clean);
        double inArtifact = variance(artifact);
        double inClean = variance(clean);
        return new GroupSeparation(
                gap / Math.sqrt(inArtifact + inClean),
                gap / Math.sqrt(Math.sqrt(inArtifact) * Math.sqrt(inClean)),
                accuracy(artifact, clean),
                auc(artifact, clean),
                wasserstein(artifact, clean));
    }

    static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length;
    }

    private static double accuracy(double[] artifact, double[] clean) {
        double middle = (mean(artifact) + mean(clean)) / 2;
        double right = share(artifact, v -> v > middle) + share(clean, v -> v < middle);
        return right / 2;
    }

    private static double share(double[] values, java.util.function.DoublePredicate wanted) {
        return (double) Arrays.stream(values).filter(wanted).count() / values.length;
    }

    static double auc(double[] artifact, double[] clean) {
        double[] sorted = clean.clone();
        Arrays.sort(sorted);
        double won = 0;
        for (double value : artifact) {
            int below = firstAtLeast(sorted, value);
            int upTo = firstAtLeast(sorted, Math.nextUp(value));
            won += below + (upTo - below) / 2.0;
        }
        return won / ((double) artifact.length * clean.length);
    }

    private static int firstAtLeast(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * Returns the published area of labelled activations, see {@link #legacyAuc(double[],
     * double[])}.
     */
    public static double legacyAuc(LabelledActivations data, DenseVector direction) {
        return legacyAuc(data.projections(direction, true), data.projections(direction, false));
    }

    /**
     * Returns the published area under the curve: 1,000 thresholds from the smallest clean to the
     * largest artifact projection, strictly above, by trapezoids. The ends of the curve are
     * missing, so groups that are perfectly apart give {@code 1 - 1/n} and not 1.
     */
    public static double legacyAuc(double[] artifact, double[] clean) {
        double from = Arrays.stream(clean).min().orElseThrow();
        double to = Arrays.stream(artifact).max().orElseThrow();
        double step = (to - from) / (LEGACY_THRESHOLDS - 1);
        double area = 0;
        double lastTrue = 0;
        double lastFalse = 0;
        for (int i = 0; i < LEGACY_THRESHOLDS; i++) {
            double threshold = i == LEGACY_THRESHOLDS - 1 ? to : from + i * step;
            double truePositives = share(artifact, v -> v > threshold);
            double falsePositives = share(clean, v -> v > threshold);
            if (i > 0) {
                area += (lastFalse - falsePositives) * (lastTrue + truePositives) / 2;
            }
            lastTrue = truePositives;
            lastFalse = falsePositives;
        }
        return area;
    }

    private static double wasserstein(double[] artifact, double[] clean) {
        double scale = mean(artifact);
        double[] u = Arrays.stream(artifact).map(v -> v / scale).sorted().toArray();
        double[] v = Arrays.stream(clean).map(c -> c / scale).sorted().toArray();
        int i = 0;
        int j = 0;
        double last = Math.min(u[0], v[0]);
        double distance = 0;
        while (i < u.length || j < v.length) {
            boolean takeU = j == v.length || (i < u.length && u[i] <= v[j]);
            double next = takeU ? u[i] : v[j];
            distance += (next - last) * Math.abs((double) i / u.length - (double) j / v.length);
            last = next;
            if (takeU) {
                i++;
            } else {
                j++;
            }
        }
        return distance;
    }
}
