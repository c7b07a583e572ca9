package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuadratureTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 50, 200})
    void gaussLegendreIsExactUpToDegreeTwiceTheNumberOfPoints(int m) {
        double[][] rule = Quadrature.GAUSS_LEGENDRE.pointsAndWeights(m);
        for (int degree = 0; degree <= Math.min(2 * m - 1, 60); degree++) {
            double sum = 0;
            for (int j = 0; j < m; j++) {
                sum += rule[1][j] * Math.pow(rule[0][j], degree);
            }
            assertThat(sum).as("degree " + degree).isCloseTo(1.0 / (degree + 1), within(1e-12));
        }
        assertThat(rule[0]).isSorted();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void riemannTakesTheRightEnds(int m) {
        double[][] rule = Quadrature.RIEMANN_RIGHT.pointsAndWeights(m);
        assertThat(rule[0][m - 1]).isEqualTo(1);
        assertThat(rule[0][0]).isCloseTo(1.0 / m, within(1e-15));
        assertThat(rule[1]).containsOnly(1.0 / m);
    }
}
