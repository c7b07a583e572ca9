package org.plumbline.cli.quickstart;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.generator.IdxSet;
import org.plumbline.worker.generator.Picture;
import org.plumbline.worker.generator.PictureSet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Fashion-MNIST without any artifact, as fairwashing's networks receive it: gray levels over 255,
 * less their mean, over their deviation.
 *
 * <p>Source: {@code fairwashing/fairwashing} (4ce9fa4), {@code load_data}.
 */
public final class FashionData {
    private static final float MEAN = 0.286f;
    private static final float DEVIATION = 0.353f;

    private FashionData() {}

    /**
     * Writes the tensor form of an audit data set.
     *
     * @param images folder of the four IDX files
     * @param folder existing
     * @return number of rows
     */
    public static int write(Path images, int training, int test, Path folder) throws IOException {
        List<PictureSet> parts =
                List.of(IdxSet.read(images, "train", training), IdxSet.read(images, "t10k", test));
        Picture first = parts.get(0).images().get(0);
        int n = parts.stream().mapToInt(PictureSet::size).sum();
        float[] pixels = new float[n * first.size()];
        long[] labels = new long[n];
        long[] split = new long[n];
        Arrays.fill(split, parts.get(0).size(), n, Split.TEST.value());
        int row = 0;
        for (PictureSet part : parts) {
            for (int i = 0; i < part.size(); i++) {
                part.images().get(i).scaleInto(pixels, row * first.size());
                labels[row++] = part.labels().get(i);
            }
        }
        FloatTensor inputs = FloatTensor.of(pixels, n, 1, first.height(), first.width());
        NpyFile.write(folder.resolve("inputs.npy"), normalised(inputs));
        NpyFile.write(folder.resolve("labels.npy"), labels);
        NpyFile.write(folder.resolve("split.npy"), split);
        return n;
    }

    /** Returns images as the networks receive them, {@code [n, 1, h, w]}. */
    public static FloatTensor inputs(PictureSet images) {
        Picture first = images.images().get(0);
        float[] pixels = new float[images.size() * first.size()];
        for (int i = 0; i < images.size(); i++) {
            images.images().get(i).scaleInto(pixels, i * first.size());
        }
        return normalised(FloatTensor.of(pixels, images.size(), 1, first.height(), first.width()));
    }

    /** Returns gray levels in [0, 1] less their mean, over their deviation. */
    public static FloatTensor normalised(FloatTensor levels) {
        float[] pixels = levels.values().clone();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (pixels[i] - MEAN) / DEVIATION;
        }
        return FloatTensor.of(pixels, levels.shape());
    }
}
