package org.plumbline.core.window;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Collects the {@link MeanEstimate} of a series' sensitivities. They have no bound, so the first
 * {@value #WARM_UP} samples only set a clip, {@value #REACH} times their root mean square; the
 * later ones, cut at it, make the estimate. The clip precedes the samples it is applied to, so the
 * guarantee of the bounds holds for any distribution, heavy tails included; what they bound is the
 * mean with the influence of single outliers capped. A model that shows no sensitivity at all stays
 * in warm-up. Replicas that are to be merged need one clip, from a baseline. Confined to one
 * thread.
 */
public final class SensitivityTally {
    /** Samples that set the clip. */
    public static final int WARM_UP = 64;

    /** Clip in root mean squares of the samples that set it. */
    public static final int REACH = 5;

    private long warm;
    private double squares;
    private @Nullable MeanTally tally;

    private SensitivityTally(@Nullable MeanTally tally) {
        this.tally = tally;
    }

    /** Returns one that finds its clip itself. */
    public static SensitivityTally warmingUp() {
        return new SensitivityTally(null);
    }

    /**
     * Returns one with a clip known before.
     *
     * @param clip magnitude at which sensitivities are cut, above 0
     */
    public static SensitivityTally clippedAt(double clip) {
        return new SensitivityTally(new MeanTally(-clip, clip));
    }

    /** Adds a finite mean sensitivity. */
    public void add(double sensitivity) {
        if (tally != null) {
            tally.add(sensitivity);
            return;
        }
        warm++;
        squares += sensitivity * sensitivity;
        double clip = REACH * Math.sqrt(squares / warm);
        if (warm >= WARM_UP && clip > 0 && Double.isFinite(2 * clip)) {
            tally = new MeanTally(-clip, clip);
        }
    }

    /** Returns the estimate so far, empty during warm-up. */
    public Optional<MeanEstimate> estimate() {
        return Optional.ofNullable(tally).map(MeanTally::estimate);
    }
}
