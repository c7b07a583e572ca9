package org.plumbline.worker.generator;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.dataset.Split;

import java.util.SplittableRandom;

/**
 * A colour for every class: training images mostly have that of their class, test images each
 * colour equally often. Every colour is a concept, {@code colour_0} to {@code colour_9}. Immutable.
 *
 * @param place where the colour goes; the background in the manner of Biased MNIST, the foreground
 *     in that of LfF
 * @param aligned share of training images with the colour of their class, in [0, 1]
 * @param confusing number of other colours a class can get, in [1, 9]; the background's only
 * @param seed decides which images and shades
 */
public record ColourBias(Colours.Place place, double aligned, int confusing, long seed) {
    /** Share of aligned images that makes ten colours equally frequent. */
    public static final double UNBIASED = 0.1;

    /**
     * Returns the biased set.
     *
     * @param training images of at most ten classes; coloured ones are taken as grey by their first
     *     channel
     */
    public BiasedSet of(PictureSet training, PictureSet test) {
        int classes = Math.max(training.classes(), test.classes());
        if (classes > Colours.COUNT) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "labels", classes + " classes", "at most 10, one a colour");
        }
        BiasedSet set = new BiasedSet("colour_", Colours.COUNT);
        SplittableRandom shades = new SplittableRandom(seed);
        add(set, training, colours(training, aligned, seed), Split.TRAIN, shades);
        add(set, test, colours(test, UNBIASED, ~seed), Split.TEST, shades);
        return set;
    }

    private int[] colours(PictureSet set, double share, long drawn) {
        return place == Colours.Place.BACKGROUND
                ? Colours.biased(set.labels(), share, confusing, drawn)
                : Colours.byMilestones(set.labels(), 1 - share);
    }

    private void add(
            BiasedSet set, PictureSet from, int[] colours, Split split, SplittableRandom shades) {
        for (int i = 0; i < from.size(); i++) {
            Artifact.Marked painted = place.paint(from.images().get(i), colours[i], shades);
            int label = from.labels().get(i);
            set.add(painted.image(), painted.mask(), label, colours[i], split, colours[i]);
        }
    }
}
