package org.plumbline.core.sensitivity;

import org.plumbline.core.tensor.FloatTensor;

/**
 * TCAV scores as captum computes them, for comparison with its numbers. A sample's derivative is
 * the inner product of the gradient of the whole activation with a vector of the same size: for a
 * CAV of channels, repeated over the locations, the sum of its sensitivity map. Unlike {@link
 * TcavMetrics} a zero counts as not positive. Immutable.
 *
 * <p>Source: pytorch/captum 0.6.0, {@code captum/concept/_core/tcav.py}, whose {@code magnitude} is
 * the mean and not the ratio that its description promises.
 *
 * @param signCount share of samples with a derivative above 0, in [0, 1]
 * @param magnitude mean derivative, logits per unit of activation
 */
public record CaptumTcav(double signCount, double magnitude) {
    /**
     * Returns the scores of sensitivity maps.
     *
     * @param maps {@code [n, h, w]} of {@link SensitivityMap}, n at least 1; for a CAV of the whole
     *     activation take the map of the flattened gradient, {@code [n, 1, 1]}
     */
    public static CaptumTcav of(FloatTensor maps) {
        int positive = 0;
        double sum = 0;
        for (int i = 0; i < maps.rows(); i++) {
            double derivative = derivative(maps, i);
            positive += derivative > 0 ? 1 : 0;
            sum += derivative;
        }
        return new CaptumTcav((double) positive / maps.rows(), sum / maps.rows());
    }

    /** Returns the derivative of one sample: the sum over its locations. */
    public static double derivative(FloatTensor maps, int sample) {
        int locations = maps.rowSize();
        double sum = 0;
        for (int p = 0; p < locations; p++) {
            sum += maps.values()[sample * locations + p];
        }
        return sum;
    }
}
