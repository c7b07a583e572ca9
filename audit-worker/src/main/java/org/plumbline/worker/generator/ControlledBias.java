package org.plumbline.worker.generator;

import org.plumbline.worker.dataset.Split;

import java.util.SplittableRandom;

/**
 * An artifact on a share of one class's training images. Images are scanned in their order and an
 * image is attacked iff a uniform number lies below the share; every test image occurs once without
 * and once with the artifact. Immutable.
 *
 * <p>Source: frederikpahde/rrclarc, controlled data sets, whose {@code others} is 0.
 *
 * @param target class the artifact goes with; its bias label
 * @param share of the target class's training images that carry it, in [0, 1]
 * @param others share of the other training images, in [0, 1]
 * @param seed decides which images, and how the artifact looks on each
 */
public record ControlledBias(
        Artifact artifact, int target, double share, double others, long seed) {
    /** Checks the ranges. */
    public ControlledBias {
        if (target < 0 || !(share >= 0 && share <= 1) || !(others >= 0 && others <= 1)) {
            throw new IllegalArgumentException(
                    "target, share, others: "
                            + target
                            + ", "
                            + share
                            + ", "
                            + others
                            + " (expected: a class, and shares of 0 to 1)");
        }
    }

    /** Returns the biased set; its concept has the artifact's name. */
    public BiasedSet of(PictureSet training, PictureSet test) {
        BiasedSet set = new BiasedSet(artifact.label(), 1);
        SplittableRandom members = new SplittableRandom(seed);
        SplittableRandom looks = new SplittableRandom(~seed);
        for (int i = 0; i < training.size(); i++) {
            int label = training.labels().get(i);
            double wanted = label == target ? share : others;
            boolean attacked = wanted > 0 && members.nextDouble() < wanted;
            add(set, training, i, attacked, Split.TRAIN, looks);
        }
        for (int i = 0; i < test.size(); i++) {
            add(set, test, i, false, Split.TEST, looks);
            add(set, test, i, true, Split.TEST, looks);
            set.pairLast();
        }
        return set;
    }

    private void add(
            BiasedSet set,
            PictureSet from,
            int i,
            boolean attacked,
            Split split,
            SplittableRandom looks) {
        int label = from.labels().get(i);
        Picture image = from.images().get(i);
        if (attacked) {
            Artifact.Marked marked = artifact.mark(image, looks);
            // the class that a row's looks point to: the target where the artifact is
            set.add(marked.image(), marked.mask(), label, target, split, 0);
        } else {
            set.addPlain(image, label, label, split);
        }
    }
}
