package org.plumbline.core.heatmap;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One input and its map as pictures of one size: the input, the map over it, the map. Confined to
 * its owner.
 */
public final class HeatPanels {
    private static final int MARK = 0x000000;
    private static final int MARK_BETWEEN = 0xFFD400;
    private static final int MARK_CELLS = 3;
    private static final double LIFT = 0.35; // black inputs turn dark gray, so that colours show
    private static final double COVER = 0.9;
    private static final double GAMMA = 0.75;
    private static final double VIVID = 0.6; // place on the colour map whose hue faint values have

    private final HeatMapBatch batch;
    private final int row;
    private final Style style;
    private final HeatScale scale;
    private final Plane map;
    private final int height;
    private final int width;

    private HeatPanels(HeatMapBatch batch, int row, Style style, HeatScale scale, int side) {
        this.batch = batch;
        this.row = row;
        this.style = style;
        this.scale = scale;
        map = Plane.of(batch.maps(), row);
        int rows = batch.inputs().extent(2);
        int columns = batch.inputs().extent(3);
        double zoom = (double) side / Math.max(rows, columns);
        double whole = zoom > 1 ? Math.floor(zoom) : zoom;
        height = Math.max(1, (int) Math.round(rows * whole));
        width = Math.max(1, (int) Math.round(columns * whole));
    }

    /**
     * Prepares every row of a batch; pictures are drawn when asked for.
     *
     * @param side pixels the longer side of a picture has at most; small inputs are enlarged by a
     *     whole number, large ones are made smaller
     * @throws org.plumbline.core.error.AuditException {@code INVALID_ARGUMENT} if the style's
     *     pixels are for another number of channels
     */
    public static List<HeatPanels> of(HeatMapBatch batch, Style style, int side) {
        style.pixels().check(batch.inputs().extent(1));
        HeatScale shared = HeatScale.of(batch.maps(), style.rule());
        return IntStream.range(0, batch.size())
                .mapToObj(
                        row ->
                                new HeatPanels(
                                        batch,
                                        row,
                                        style,
                                        style.shared() ? shared : own(batch, row, style),
                                        side))
                .toList();
    }

    private static HeatScale own(HeatMapBatch batch, int row, Style style) {
        return HeatScale.of(batch.maps().slice(row, row + 1), style.rule());
    }

    /** Returns the scale of the map. */
    public HeatScale scale() {
        return scale;
    }

    /** Returns the height of each picture in pixels. */
    public int height() {
        return height;
    }

    /** Returns the width of each picture in pixels. */
    public int width() {
        return width;
    }

    /** Returns the input in its own colours. */
    public BufferedImage input() {
        InputImage image = image();
        return draw((y, x) -> inputColor(image, y, x));
    }

    /** Returns the map in colours that cover the input, in gray, as far as the value is strong. */
    public BufferedImage overlay() {
        InputImage image = image();
        return draw((y, x) -> overlayColor(image, y, x));
    }

    /** Returns the map alone; values that are not finite are hatched black and yellow. */
    public BufferedImage map() {
        return draw(this::mapColor);
    }

    /** Returns what is odd about the map, else an empty text. */
    public String remark() {
        int odd = 0;
        boolean zero = true;
        for (int i = 0; i < map.size(); i++) {
            odd += Float.isFinite(map.at(i)) ? 0 : 1;
            zero &= map.at(i) == 0;
        }
        if (zero) {
            return "all values are 0";
        }
        return odd == 0 ? "" : odd + " of " + map.size() + " values are not finite";
    }

    /** Returns words after what is odd about the map, if anything is. */
    String remarked(String words) {
        return Stream.of(remark(), words)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" \u00b7 "));
    }

    private InputImage image() {
        return InputImage.of(batch.inputs(), row, style.pixels());
    }

    private BufferedImage draw(Shade shade) {
        BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                out.setRGB(x, y, shade.at(y, x));
            }
        }
        return out;
    }

    private int inputColor(InputImage image, int y, int x) {
        return image.rgb(
                style.enlargement(),
                (y + 0.5) * image.height() / height,
                (x + 0.5) * image.width() / width);
    }

    private int mapColor(int y, int x) {
        double position = position(y, x);
        return Double.isNaN(position) ? mark(y, x) : ColorMap.rgb(position);
    }

    private int overlayColor(InputImage image, int y, int x) {
        double position = position(y, x);
        if (Double.isNaN(position)) {
            return mark(y, x);
        }
        double gray = 255 * (LIFT + (1 - LIFT) * luma(inputColor(image, y, x)));
        double share = COVER * Math.pow(Math.abs(position), GAMMA);
        int color = ColorMap.rgb(Math.copySign(Math.max(VIVID, Math.abs(position)), position));
        return mix(gray, color >> 16 & 0xff, share) << 16
                | mix(gray, color >> 8 & 0xff, share) << 8
                | mix(gray, color & 0xff, share);
    }

    private double position(int y, int x) {
        return scale.position(
                style.enlargement()
                        .at(
                                map,
                                (y + 0.5) * map.height() / height,
                                (x + 0.5) * map.width() / width));
    }

    private static int mark(int y, int x) {
        return (y / MARK_CELLS + x / MARK_CELLS) % 2 == 0 ? MARK : MARK_BETWEEN;
    }

    /** Returns the luma of sRGB in [0, 1]. Source: ITU-R BT.709-6, item 3.2. */
    private static double luma(int rgb) {
        return (0.2126 * (rgb >> 16 & 0xff) + 0.7152 * (rgb >> 8 & 0xff) + 0.0722 * (rgb & 0xff))
                / 255;
    }

    private static int mix(double from, int to, double share) {
        return (int) Math.round(from + share * (to - from));
    }

    private interface Shade {
        int at(int y, int x);
    }
}
