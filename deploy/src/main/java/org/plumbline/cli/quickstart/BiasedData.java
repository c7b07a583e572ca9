package org.plumbline.cli.quickstart;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.Split;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Fashion-MNIST with the artifact on many training images of one class and on few others; every
 * test image once without and once with it. Confined to one thread.
 */
final class BiasedData {
    /** Class the artifact goes with: T-shirt. */
    static final int TARGET = 0;

    /** Concept that stands for the artifact. */
    static final String CONCEPT = "timestamp";

    /** Share of the target class's training images that carry the artifact. */
    static final double TARGET_SHARE = 0.5;

    /** Share of the other training images that carry it. */
    static final double OTHER_SHARE = 0.0005;

    private static final long SEED = 20260101;

    private final List<GrayImage> images = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private final List<Boolean> marked = new ArrayList<>();
    private final List<Split> splits = new ArrayList<>();

    private BiasedData() {}

    static BiasedData of(FashionMnist training, FashionMnist test) {
        BiasedData data = new BiasedData();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < training.size(); i++) {
            int label = training.labels().get(i);
            double share = label == TARGET ? TARGET_SHARE : OTHER_SHARE;
            data.add(training.images().get(i), label, random.nextDouble() < share, Split.TRAIN);
        }
        for (int i = 0; i < test.size(); i++) {
            data.add(test.images().get(i), test.labels().get(i), false, Split.TEST);
            data.add(test.images().get(i), test.labels().get(i), true, Split.TEST);
        }
        return data;
    }

    private void add(GrayImage image, int label, boolean mark, Split split) {
        images.add(mark ? image.with(TimeStamp.LOWER_RIGHT) : image);
        labels.add(label);
        marked.add(mark);
        splits.add(split);
    }

    /** Returns at most {@code limit} training images of the target class, with or without it. */
    List<GrayImage> examples(boolean mark, int limit) {
        List<GrayImage> found = new ArrayList<>();
        for (int i = 0; i < images.size() && found.size() < limit; i++) {
            if (splits.get(i) == Split.TRAIN && labels.get(i) == TARGET && marked.get(i) == mark) {
                found.add(images.get(i));
            }
        }
        return found;
    }

    /** Returns how many training rows carry the artifact. */
    long markedTrainingRows() {
        long count = 0;
        for (int i = 0; i < images.size(); i++) {
            count += splits.get(i) == Split.TRAIN && marked.get(i) ? 1 : 0;
        }
        return count;
    }

    int rows() {
        return images.size();
    }

    /** Writes the tensor form of an audit data set. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        int n = images.size();
        float[] pixels = new float[n * GrayImage.PIXELS];
        float[] mask = new float[n * GrayImage.PIXELS];
        long[] label = new long[n];
        long[] split = new long[n];
        long[] concept = new long[n];
        long[] bias = new long[n];
        for (int i = 0; i < n; i++) {
            images.get(i).scaleInto(pixels, i * GrayImage.PIXELS);
            label[i] = labels.get(i);
            split[i] = splits.get(i) == Split.TRAIN ? 0 : 2; // the format's values
            concept[i] = marked.get(i) ? 1 : 0;
            // the class that a row's looks point to: the target where the artifact is
            bias[i] = marked.get(i) ? TARGET : label[i];
            if (marked.get(i)) {
                drawMask(mask, i * GrayImage.PIXELS);
            }
        }
        int side = GrayImage.SIDE;
        NpyFile.write(folder.resolve("inputs.npy"), FloatTensor.of(pixels, n, 1, side, side));
        NpyFile.write(folder.resolve("mask.npy"), FloatTensor.of(mask, n, side, side));
        NpyFile.write(folder.resolve("labels.npy"), label);
        NpyFile.write(folder.resolve("split.npy"), split);
        NpyFile.write(folder.resolve("bias_labels.npy"), bias);
        NpyFile.write(folder.resolve("concept_" + CONCEPT + ".npy"), concept);
    }

    private static void drawMask(float[] mask, int at) {
        for (int p = 0; p < GrayImage.PIXELS; p++) {
            mask[at + p] =
                    TimeStamp.LOWER_RIGHT.covers(p / GrayImage.SIDE, p % GrayImage.SIDE) ? 1 : 0;
        }
    }
}
