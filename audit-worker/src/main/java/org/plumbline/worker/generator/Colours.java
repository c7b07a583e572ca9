package org.plumbline.worker.generator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Which of ten colours each image gets, so that colour and class go together. Thread-safe. */
public final class Colours {
    /** Number of colours, and of classes they can be tied to. */
    public static final int COUNT = 10;

    private Colours() {}

    /**
     * Returns colours as Biased MNIST has them: {@code trunc(n_c rho)} images of class c get colour
     * c; the rest is cut into chunks of {@code ceil(r / confusing)}, which get the next {@code
     * confusing} colours in random order.
     *
     * <p>Source: EIDOSLAB/entangling-disentangling-bias, {@code colour_mnist.py}.
     *
     * @param labels below 10
     * @param rho share of images with the colour of their class, in [0, 1]
     * @param confusing number of other colours, in [1, 9]
     * @param seed decides which images and in which order the colours follow
     */
    public static int[] biased(List<Integer> labels, double rho, int confusing, long seed) {
        if (!(rho >= 0 && rho <= 1) || confusing < 1 || confusing >= COUNT) {
            throw new IllegalArgumentException(
                    "rho, confusing: "
                            + rho
                            + ", "
                            + confusing
                            + " (expected: 0 to 1, and 1 to 9)");
        }
        Random random = new Random(seed);
        int[] colours = new int[labels.size()];
        for (int c = 0; c < COUNT; c++) {
            List<Integer> own = rowsOf(labels, c);
            Collections.shuffle(own, random);
            int aligned = (int) (own.size() * rho);
            List<Integer> others = new ArrayList<>();
            for (int k = 1; k <= confusing; k++) {
                others.add((c + k) % COUNT);
            }
            Collections.shuffle(others, random);
            int rest = own.size() - aligned;
            int chunk = Math.max(1, (rest + confusing - 1) / confusing);
            for (int i = 0; i < own.size(); i++) {
                colours[own.get(i)] = i < aligned ? c : others.get((i - aligned) / chunk);
            }
        }
        return colours;
    }

    /**
     * Returns colours as Coloured MNIST of LfF has them, in the order of the data: image number k
     * of a class gets the first colour whose share, cumulated and rounded half to even, exceeds k.
     *
     * <p>Source: alinlab/LfF, {@code make_dataset.py}.
     *
     * @param labels below 10
     * @param conflicting share of images with another colour than their class's, in [0, 1]
     */
    public static int[] byMilestones(List<Integer> labels, double conflicting) {
        if (!(conflicting >= 0 && conflicting <= 1)) {
            throw new IllegalArgumentException(
                    "conflicting: " + conflicting + " (expected: 0 to 1)");
        }
        int[] colours = new int[labels.size()];
        for (int c = 0; c < COUNT; c++) {
            List<Integer> own = rowsOf(labels, c);
            double share = 0;
            double[] milestones = new double[COUNT];
            for (int b = 0; b < COUNT; b++) {
                share += b == c ? 1 - conflicting : conflicting / (COUNT - 1);
                milestones[b] = Math.rint(share * own.size());
            }
            milestones[COUNT - 1] = own.size(); // rounding must not lose the last image
            int colour = 0;
            for (int k = 0; k < own.size(); k++) {
                while (milestones[colour] <= k) {
                    colour++;
                }
                colours[own.get(k)] = colour;
            }
        }
        return colours;
    }

    private static List<Integer> rowsOf(List<Integer> labels, int label) {
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            if (labels.get(i) == label) {
                rows.add(i);
            }
        }
        return rows;
    }

    /** How a colour is put on an image. */
    public enum Place {
        /** Pixels of level 0 take the colour, all others become white: Biased MNIST. */
        BACKGROUND {
            @Override
            Artifact.Marked paint(Picture grey, int colour, SplittableRandom random) {
                return new Artifact.Marked(
                        Picture.drawn(
                                3,
                                grey.height(),
                                grey.width(),
                                (c, y, x) ->
                                        grey.level(0, y, x) == 0 ? BACKGROUNDS[colour][c] : WHITE),
                        area(grey, true));
            }
        },
        /** Levels are multiplied by a colour that varies a little from image to image: LfF. */
        FOREGROUND {
            @Override
            Artifact.Marked paint(Picture grey, int colour, SplittableRandom random) {
                double[] tint = new double[3];
                for (int c = 0; c < tint.length; c++) {
                    double drawn = FOREGROUNDS[colour][c] + SPREAD * random.nextGaussian();
                    tint[c] = Math.max(0, Math.min(1, drawn));
                }
                return new Artifact.Marked(
                        Picture.drawn(
                                3,
                                grey.height(),
                                grey.width(),
                                (c, y, x) -> (int) (tint[c] * grey.level(0, y, x))),
                        area(grey, false));
            }
        };

        abstract Artifact.Marked paint(Picture grey, int colour, SplittableRandom random);

        private static Picture area(Picture grey, boolean background) {
            return grey.drawn((c, y, x) -> grey.level(c, y, x) == 0 == background ? WHITE : 0);
        }
    }

    private static final int WHITE = 255;

    /** Standard deviation of a foreground colour at severity 4, LfF's usual one. */
    private static final double SPREAD = 0.005;

    private static final int[][] BACKGROUNDS = {
        {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {225, 225, 0}, {225, 0, 225},
        {0, 255, 255}, {255, 128, 0}, {255, 0, 128}, {128, 0, 255}, {128, 128, 128}
    };

    private static final double[][] FOREGROUNDS = {
        {.983682, .312519, .168575}, {.990530, .915605, .351512}, {.672964, .461070, .579808},
        {.783252, .831556, .601329}, {.088016, .777963, .981808}, {.321393, .961055, .446450},
        {.024616, .235650, .758666}, {.555247, .101580, .761763}, {.207723, .392949, .018702},
        {.833658, .202409, .266943}
    };
}
