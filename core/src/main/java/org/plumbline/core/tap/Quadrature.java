package org.plumbline.core.tap;

/** How the path integral of integrated gradients becomes a sum over points of [0, 1]. */
public enum Quadrature {
    /** Points {@code j/m}, {@code j = 1..m}, each of weight {@code 1/m}. */
    RIEMANN_RIGHT {
        @Override
        double[][] pointsAndWeights(int m) {
            double[][] rule = new double[2][m];
            for (int j = 0; j < m; j++) {
                rule[0][j] = (j + 1.0) / m;
                rule[1][j] = 1.0 / m;
            }
            return rule;
        }
    },
    /**
     * Gauss-Legendre on [0, 1]: exact for polynomials up to degree {@code 2m - 1}. The points are
     * the roots of the Legendre polynomial {@code P_m}, the weights {@code 2 / ((1 - z^2)
     * P_m'(z)^2)}, both halved onto [0, 1].
     */
    GAUSS_LEGENDRE {
        @Override
        double[][] pointsAndWeights(int m) {
            double[][] rule = new double[2][m];
            for (int j = 0; j < m; j++) {
                double z = Math.cos(Math.PI * (m - j - 0.25) / (m + 0.5));
                double slope = 1;
                for (int i = 0; i < NEWTON_STEPS; i++) {
                    double[] legendre = legendre(m, z);
                    slope = legendre[1];
                    z -= legendre[0] / slope;
                }
                rule[0][j] = (1 + z) / 2;
                rule[1][j] = 1 / ((1 - z * z) * slope * slope);
            }
            return rule;
        }
    };

    private static final int NEWTON_STEPS = 8;

    /** Returns points and their weights, each {@code [m]}; the weights sum to 1. */
    abstract double[][] pointsAndWeights(int m);

    /** Returns the Legendre polynomial of degree {@code m} at {@code z} and its derivative. */
    private static double[] legendre(int m, double z) {
        double below = 1;
        double value = z;
        for (int k = 2; k <= m; k++) {
            double next = ((2 * k - 1) * z * value - (k - 1) * below) / k;
            below = value;
            value = next;
        }
        return new double[] {value, m * (z * value - below) / (z * z - 1)};
    }
}
