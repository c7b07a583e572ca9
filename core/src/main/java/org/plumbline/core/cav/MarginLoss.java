package org.plumbline.core.cav;

/** Loss of a row by its margin {@code z = t a.h}, with first and second derivative. */
enum MarginLoss {
    /** {@code max(0, 1 - z)^2}. */
    SQUARED_HINGE {
        @Override
        double value(double z) {
            return z < 1 ? (1 - z) * (1 - z) : 0;
        }

        @Override
        double slope(double z) {
            return z < 1 ? 2 * (z - 1) : 0;
        }

        @Override
        double curvature(double z) {
            return z < 1 ? 2 : 0;
        }
    },
    /** {@code log(1 + exp(-z))}. */
    LOGISTIC {
        @Override
        double value(double z) {
            return z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z;
        }

        @Override
        double slope(double z) {
            return -1 / (1 + Math.exp(z));
        }

        @Override
        double curvature(double z) {
            double share = 1 / (1 + Math.exp(-Math.abs(z)));
            return share * (1 - share);
        }
    };

    abstract double value(double z);

    abstract double slope(double z);

    abstract double curvature(double z);
}
