package org.plumbline.core.reference;

import org.plumbline.core.tensor.FloatTensor;

/** Sums in double precision, for checks. */
final class Sums {
    private Sums() {}

    /** Returns the sum of every row. */
    static float[] ofRows(FloatTensor tensor) {
        float[] sums = new float[tensor.rows()];
        for (int i = 0; i < sums.length; i++) {
            double sum = 0;
            for (float value : tensor.row(i).toArray()) {
                sum += value;
            }
            sums[i] = (float) sum;
        }
        return sums;
    }
}
