package org.plumbline.worker.autoencoder;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

/**
 * Model inputs on [-0.5, 0.5], as the auto-encoder was published with. One shift and one factor for
 * all channels, so that a tangent space means the same in both, which it did not where channels
 * were normalised apart. Immutable.
 *
 * @param low least value of the data
 * @param range of the values, above 0
 */
public record PixelScale(float low, float range) {
    /** Checks the range. */
    public PixelScale {
        if (!(range > 0 && Float.isFinite(range) && Float.isFinite(low))) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "inputs",
                    "values from " + low + " on, range " + range,
                    "finite values that differ");
        }
    }

    /** Returns the scale that takes the values of some images to [-0.5, 0.5]. */
    public static PixelScale of(FloatTensor images) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : images.values()) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return new PixelScale(low, high - low);
    }

    /** Returns images on the scale. */
    FloatTensor to(FloatTensor images) {
        float[] values = images.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] - low) / range - 0.5f;
        }
        return FloatTensor.of(values, images.shape());
    }
}
