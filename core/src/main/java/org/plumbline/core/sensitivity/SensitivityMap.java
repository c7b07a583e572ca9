package org.plumbline.core.sensitivity;

import org.plumbline.core.tensor.ChannelAxis;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

/** Directional derivatives of a logit along a CAV, location by location. */
public final class SensitivityMap {
    private SensitivityMap() {}

    /**
     * Returns {@code s_ij = sum_c gradient_cij . cav_c} for every sample and location; the
     * dimension of the CAV tells which axis holds the channels, see {@link ChannelAxis}.
     *
     * @param gradient {@code [n, d, h, w]}, {@code [n, h, w, d]}, {@code [n, t, d]} or {@code [n,
     *     d]}
     * @param cav unit vector {@code [d]}
     * @return {@code [n, h, w]}, {@code [n, t, 1]} for three axes, {@code [n, 1, 1]} for two;
     *     logits per unit of activation
     * @throws IllegalArgumentException if the channels differ
     */
    public static FloatTensor of(FloatTensor gradient, DenseVector cav) {
        FloatTensor first = ChannelAxis.first(gradient, ChannelAxis.of(gradient, cav.dimension()));
        int channels = first.extent(1);
        int locations = first.rowSize() / channels;
        float[] map = new float[first.rows() * locations];
        for (int i = 0; i < first.rows(); i++) {
            for (int p = 0; p < locations; p++) {
                double sum = 0;
                for (int c = 0; c < channels; c++) {
                    sum += (double) first.values()[(i * channels + c) * locations + p] * cav.at(c);
                }
                map[i * locations + p] = (float) sum;
            }
        }
        int height = first.rank() == 2 ? 1 : first.extent(2);
        return FloatTensor.of(map, first.rows(), height, locations / height);
    }
}
