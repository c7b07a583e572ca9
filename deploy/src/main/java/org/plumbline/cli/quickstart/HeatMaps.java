package org.plumbline.cli.quickstart;

import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.SensitivityMap;
import org.plumbline.core.tap.TapReading;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Where in an image the attacked class's logit leans on the concept, before and after. Immutable.
 *
 * @param tiles one row per image
 * @param largest the magnitude shown at full strength, logits per unit of activation
 */
record HeatMaps(List<Tile> tiles, double largest) {
    private static final int ZOOM = 5;
    private static final int SIZE = GrayImage.SIDE * ZOOM;

    HeatMaps {
        tiles = List.copyOf(tiles);
    }

    /** Reads both models on the same images and draws them on one scale. */
    static HeatMaps of(List<GrayImage> images, Path before, Path after, DenseVector cav)
            throws IOException {
        Reading first = read(images, before, cav);
        Reading second = read(images, after, cav);
        double largest = Math.max(first.largest(), second.largest());
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            tiles.add(
                    new Tile(
                            picture(draw(images.get(i), first, i, 0)),
                            picture(draw(images.get(i), first, i, largest)),
                            picture(draw(images.get(i), second, i, largest)),
                            first.predicted(i),
                            second.predicted(i)));
        }
        return new HeatMaps(tiles, largest);
    }

    private static Reading read(List<GrayImage> images, Path archive, DenseVector cav)
            throws IOException {
        float[] pixels = new float[images.size() * GrayImage.PIXELS];
        for (int i = 0; i < images.size(); i++) {
            images.get(i).scaleInto(pixels, i * GrayImage.PIXELS);
        }
        FloatTensor inputs =
                FloatTensor.of(pixels, images.size(), 1, GrayImage.SIDE, GrayImage.SIDE);
        try (TapFolder tap =
                TapFolder.open(archive, new LayerPath(ModelFolder.LAYER), Optional.empty())) {
            TapReading reading = tap.model().read(inputs, BiasedData.TARGET);
            return new Reading(SensitivityMap.of(reading.gradient(), cav), reading.logits());
        }
    }

    private static String picture(BufferedImage image) {
        return Base64.getEncoder().encodeToString(GrayImage.encode(image));
    }

    private static BufferedImage draw(GrayImage image, Reading reading, int row, double largest) {
        BufferedImage out = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                float level = image.level(y / ZOOM, x / ZOOM) / 255f;
                double heat = largest == 0 ? 0 : reading.at(row, y, x) / largest;
                out.setRGB(x, y, mix(level, Math.min(1, heat)));
            }
        }
        return out;
    }

    /** Gray fades into orange as the magnitude grows. */
    private static int mix(float level, double heat) {
        float strength = (float) Math.sqrt(heat);
        float base = level * (1 - 0.75f * strength);
        return new Color(
                        Math.min(1, base + 0.75f * strength),
                        Math.min(1, base + 0.33f * strength),
                        Math.min(1, base + 0.02f * strength))
                .getRGB();
    }

    /**
     * One image as PNG files in Base64: plain, and with the magnitude of the sensitivity over it.
     *
     * @param predictedBefore class the original model finds most likely
     * @param predictedAfter class the repaired model finds most likely
     */
    record Tile(
            String plain,
            String before,
            String after,
            String predictedBefore,
            String predictedAfter) {}

    private record Reading(FloatTensor maps, FloatTensor logits) {
        double largest() {
            double largest = 0;
            for (float value : maps.values()) {
                largest = Math.max(largest, Math.abs(value));
            }
            return largest;
        }

        String predicted(int row) {
            return FashionMnist.CLASSES.get(logits.largest(row));
        }

        /** Returns the magnitude at a drawn pixel, bilinear between locations. */
        double at(int row, int y, int x) {
            int height = maps.extent(1);
            int width = maps.extent(2);
            double v = Math.max(0, Math.min(height - 1, (y + 0.5) * height / SIZE - 0.5));
            double u = Math.max(0, Math.min(width - 1, (x + 0.5) * width / SIZE - 0.5));
            int top = (int) v;
            int left = (int) u;
            double down = v - top;
            double across = u - left;
            return (1 - down)
                            * ((1 - across) * magnitude(row, top, left)
                                    + across * magnitude(row, top, left + 1))
                    + down
                            * ((1 - across) * magnitude(row, top + 1, left)
                                    + across * magnitude(row, top + 1, left + 1));
        }

        private double magnitude(int row, int y, int x) {
            int bottom = Math.min(y, maps.extent(1) - 1);
            int right = Math.min(x, maps.extent(2) - 1);
            int at = (row * maps.extent(1) + bottom) * maps.extent(2) + right;
            return Math.abs(maps.values()[at]);
        }
    }
}
