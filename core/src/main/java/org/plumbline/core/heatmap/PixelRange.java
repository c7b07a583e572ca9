package org.plumbline.core.heatmap;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;

/** How model inputs become levels of a picture again. */
public sealed interface PixelRange {
    /** Returns the range of an image's own values, smallest black and largest white. */
    static PixelRange stretch() {
        return new Stretch();
    }

    /**
     * Returns the range of inputs that were made as {@code (level - mean) / std}, level in [0, 1].
     *
     * @param mean one value, or one per channel
     * @param std as {@code mean}, all above 0
     */
    static PixelRange normalised(DenseVector mean, DenseVector std) {
        return new Normalised(mean, std);
    }

    /** Returns the level of an input value of channel {@code c}; may leave [0, 1]. */
    float level(float value, int c);

    /** Returns whether levels still have to be stretched over [0, 1]. */
    boolean relative();

    /**
     * Checks that inputs of {@code channels} channels can be read.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if neither one value nor one per channel was
     *     given
     */
    void check(int channels);

    /** Each image over its own smallest and largest value. */
    record Stretch() implements PixelRange {
        @Override
        public float level(float value, int c) {
            return value;
        }

        @Override
        public boolean relative() {
            return true;
        }

        @Override
        public void check(int channels) {
            // any number of channels
        }
    }

    /** The inverse of a normalisation by channel. */
    record Normalised(DenseVector mean, DenseVector std) implements PixelRange {
        public Normalised {
            if (mean.dimension() == 0 || mean.dimension() != std.dimension()) {
                throw refused("std", std.dimension() + " values", "as many as mean, at least one");
            }
            for (int c = 0; c < std.dimension(); c++) {
                if (!Float.isFinite(mean.at(c))) {
                    throw refused("mean", mean.at(c), "a finite number");
                }
                if (!(std.at(c) > 0 && Float.isFinite(std.at(c)))) {
                    throw refused("std", std.at(c), "a finite number > 0");
                }
            }
        }

        @Override
        public float level(float value, int c) {
            int at = mean.dimension() == 1 ? 0 : c;
            return value * std.at(at) + mean.at(at);
        }

        @Override
        public boolean relative() {
            return false;
        }

        @Override
        public void check(int channels) {
            if (mean.dimension() != 1 && mean.dimension() != channels) {
                throw refused(
                        "mean",
                        mean.dimension() + " values",
                        "one, or one for each of " + channels + " channels");
            }
        }

        private static AuditException refused(String field, Object value, String expected) {
            return AuditException.of(ErrorCode.INVALID_ARGUMENT, field, value, expected);
        }
    }
}
