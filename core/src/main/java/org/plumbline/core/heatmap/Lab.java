package org.plumbline.core.heatmap;

/**
 * A colour in CIE 1976 L*a*b* under D65, where equal distances look about equally different.
 * Immutable.
 *
 * <p>Source: CIE 15:2004, section 8.2.1; sRGB after IEC 61966-2-1.
 *
 * @param lightness L*, in [0, 100]
 * @param a from green to red
 * @param b from blue to yellow
 */
record Lab(double lightness, double a, double b) {
    private static final double[] WHITE = {0.95047, 1.0, 1.08883};
    private static final double KNEE = 6.0 / 29;

    /** Returns the colour of an sRGB value {@code 0xRRGGBB}. */
    static Lab ofRgb(int rgb) {
        double red = linear(rgb >> 16 & 0xff);
        double green = linear(rgb >> 8 & 0xff);
        double blue = linear(rgb & 0xff);
        double x = compress((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / WHITE[0]);
        double y = compress((0.2126729 * red + 0.7151522 * green + 0.0721750 * blue) / WHITE[1]);
        double z = compress((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / WHITE[2]);
        return new Lab(116 * y - 16, 500 * (x - y), 200 * (y - z));
    }

    /** Returns the nearest sRGB value {@code 0xRRGGBB}. */
    int rgb() {
        double middle = (lightness + 16) / 116;
        double x = WHITE[0] * expand(middle + a / 500);
        double y = WHITE[1] * expand(middle);
        double z = WHITE[2] * expand(middle - b / 200);
        return level(3.2404542 * x - 1.5371385 * y - 0.4985314 * z) << 16
                | level(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z) << 8
                | level(0.0556434 * x - 0.2040259 * y + 1.0572252 * z);
    }

    /** Returns the colour difference ΔE*ab (CIE 1976). */
    double distance(Lab other) {
        return Math.sqrt(
                square(lightness - other.lightness) + square(a - other.a) + square(b - other.b));
    }

    /** Returns the colour a share {@code t} of the way to {@code other}. */
    Lab towards(Lab other, double t) {
        return new Lab(
                lightness + t * (other.lightness - lightness),
                a + t * (other.a - a),
                b + t * (other.b - b));
    }

    private static double square(double v) {
        return v * v;
    }

    private static double linear(int level) {
        double v = level / 255.0;
        return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    }

    private static int level(double linear) {
        double v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.pow(linear, 1 / 2.4) - 0.055;
        return (int) Math.round(255 * Math.max(0, Math.min(1, v)));
    }

    private static double compress(double t) {
        return t > KNEE * KNEE * KNEE ? Math.cbrt(t) : t / (3 * KNEE * KNEE) + 4.0 / 29;
    }

    private static double expand(double t) {
        return t > KNEE ? t * t * t : 3 * KNEE * KNEE * (t - 4.0 / 29);
    }
}
