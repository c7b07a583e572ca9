package org.plumbline.core.sensitivity;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

/** Directional derivatives of a logit along a CAV, location by location. */
public final class SensitivityMap {
    private SensitivityMap() {}

    /**
     * Returns {@code s_ij = sum_c gradient_cij . cav_c} for every sample and location.
     *
     * @param gradient {@code [n, d, h, w]} or {@code [n, d]}
     * @param cav unit vector {@code [d]}
     * @return {@code [n, h, w]}, or {@code [n, 1, 1]} for two axes, logits per unit of activation
     * @throws IllegalArgumentException if the channels differ
     */
    public static FloatTensor of(FloatTensor gradient, DenseVector cav) {
        int channels = gradient.extent(1);
        if (channels != cav.dimension()) {
            throw new IllegalArgumentException(
                    "cav: " + cav.dimension() + " components (expected: " + channels + ")");
        }
        int locations = gradient.rowSize() / channels;
        float[] map = new float[gradient.rows() * locations];
        for (int i = 0; i < gradient.rows(); i++) {
            for (int p = 0; p < locations; p++) {
                double sum = 0;
                for (int c = 0; c < channels; c++) {
                    sum +=
                            (double) gradient.values()[(i * channels + c) * locations + p]
                                    * cav.at(c);
                }
                map[i * locations + p] = (float) sum;
            }
        }
        boolean flat = gradient.rank() == 2;
        return FloatTensor.of(
                map, gradient.rows(), flat ? 1 : gradient.extent(2), flat ? 1 : gradient.extent(3));
    }
}
