package org.plumbline.core.window;

import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * The mixture {@code M(s, v)} of {@code exp(l s - psi(l) v)} with {@code psi(l) = (-log(1 - c l) -
 * c l) / c^2} over rates l in [0, 1/c), of a gamma density in {@code 1 - c l}. If every such
 * exponential is a supermartingale in {@code (S_t, V_t)} from at most 1, so is M, and by Ville's
 * inequality it ever exceeds {@code 1/a} with probability at most a.
 *
 * <p>Closed form, with {@code k = rho / c^2}, {@code a = v / c^2 + k}, {@code x = (c s + v) / c^2 +
 * k} and the hazard {@code h(a, x) = x P'(a, x) / P(a, x)} of the regularised lower incomplete
 * gamma function P: {@code M = h(k, k) / h(a, x)}. That is the published form with its Gamma
 * functions and powers, which cancel, taken together.
 *
 * <p>Source: Howard et al., "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 * Annals of Statistics 2021, proposition 9 (gamma-exponential mixture). Immutable.
 */
final class GammaExponentialMixture {
    private static final int STEPS = 50;
    private static final double PRECISION = 1e-9;

    private final double scale;
    private final double k;
    private final double start;

    /**
     * Makes a mixture.
     *
     * @param scale c, above 0
     * @param tightest v at which the bound should be tightest, above 0
     * @param error a for which it should be so
     */
    GammaExponentialMixture(double scale, double tightest, double error) {
        this.scale = scale;
        double rho = tightest / (2 * Math.log(1 / error) + Math.log1p(2 * Math.log(1 / error)));
        k = rho / (scale * scale);
        start = hazard(k, k);
    }

    /** Returns log M; minus infinity where s is so negative that M is negligible. */
    double log(double s, double v) {
        double x = point(s, v);
        double hazard = x > 0 ? hazard(shape(v), x) : Double.POSITIVE_INFINITY;
        return Math.log(start / hazard);
    }

    /**
     * Returns the s at which {@code log M(s, v)} is {@code limit}, rounded up. log M is convex and
     * rising in s, so Newton's method comes down on it.
     *
     * @param limit above 0
     */
    double bound(double v, double limit) {
        double s = scale * limit + Math.sqrt(2 * limit * v);
        while (log(s, v) < limit) {
            s *= 1.5;
        }
        for (int i = 0; i < STEPS; i++) {
            double step = (log(s, v) - limit) / slope(s, v);
            if (!(step > PRECISION * s)) {
                break;
            }
            s -= step;
        }
        return s;
    }

    /** d log M / ds: the posterior mean of the rate. */
    private double slope(double s, double v) {
        double a = shape(v);
        double x = point(s, v);
        return (x - a + hazard(a, x)) / (x * scale);
    }

    private double shape(double v) {
        return v / (scale * scale) + k;
    }

    private double point(double s, double v) {
        return s / scale + shape(v);
    }

    private static double hazard(double a, double x) {
        double p = RegularizedGamma.P.value(a, x);
        return p == 0 ? Double.POSITIVE_INFINITY : x * RegularizedGamma.P.derivative(a, x) / p;
    }
}
