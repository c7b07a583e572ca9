package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.SplittableRandom;

class CavQualityTest {
    private static final DenseVector AXIS = DenseVector.copyOf(1f, 0f);

    @Test
    void separatedGroupsHaveAnAreaOfOne() {
        FloatTensor rows = FloatTensor.of(new float[] {0, 9, 1, 9, 2, 9, 3, 9}, 4, 2);
        CavQuality quality = CavQuality.of(rows, new long[] {0, 0, 1, 1}, AXIS);
        assertThat(quality.auc()).isEqualTo(1);
        // means 2.5 and 0.5, population variances 0.25 each
        assertThat(quality.separability()).isCloseTo(2 / Math.sqrt(0.5), within(1e-12));
    }

    @Test
    void equalProjectionsHaveAnAreaOfOneHalf() {
        FloatTensor rows = FloatTensor.of(new float[] {1, 0, 1, 5, 1, 2, 1, 3}, 4, 2);
        assertThat(CavQuality.of(rows, new long[] {0, 1, 0, 1}, AXIS).auc()).isEqualTo(0.5);
    }

    @Test
    void areaIsTheShareOfPairsWonWithTiesHalf() {
        SplittableRandom random = new SplittableRandom(7);
        int n = 60;
        float[] values = new float[2 * n];
        long[] concept = new long[n];
        for (int i = 0; i < n; i++) {
            values[2 * i] = random.nextInt(10);
            concept[i] = random.nextInt(2);
        }
        double won = 0;
        double pairs = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (concept[i] == 1 && concept[j] == 0) {
                    pairs++;
                    int order = Float.compare(values[2 * i], values[2 * j]);
                    won += order > 0 ? 1 : order == 0 ? 0.5 : 0;
                }
            }
        }
        assertThat(CavQuality.of(FloatTensor.of(values, n, 2), concept, AXIS).auc())
                .isCloseTo(won / pairs, within(1e-12));
    }
}
