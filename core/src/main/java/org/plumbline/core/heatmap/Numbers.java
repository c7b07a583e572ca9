package org.plumbline.core.heatmap;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as people read them: three digits, a true minus sign. */
public final class Numbers {
    private static final MathContext DIGITS = new MathContext(3);
    private static final char MINUS = '\u2212';

    private Numbers() {}

    /** Returns a number as text: {@code 0}, {@code −0.012}, {@code 1.2e−7}. */
    public static String text(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (value == 0 || (exponent >= -3 && exponent < 5)) {
            return rounded.toPlainString().replace('-', MINUS);
        }
        return (rounded.movePointLeft(exponent).toPlainString() + "e" + exponent)
                .replace('-', MINUS);
    }
}
