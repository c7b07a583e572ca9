package org.plumbline.core.instrument.channel;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Optional;

/**
 * A convolution or linear layer that may change. Immutable.
 *
 * @param weight attribute path of {@code [outputs, inputs, ...]}
 * @param values of the weight
 * @param inputs one channel for each entry of axis 1
 * @param outputs one channel for each entry of axis 0, as this layer gives them
 * @param padded whether zeros surround the input, so that a constant is none at the borders
 * @param shift where a constant may be added to the outputs
 */
record Layer(
        String weight,
        FloatTensor values,
        Channels inputs,
        Channels outputs,
        boolean padded,
        Optional<Shift> shift) {

    /**
     * A vector that shifts the outputs.
     *
     * @param tensor attribute path
     * @param sign 1: a bias, added; -1: the mean that the batch normalisation behind subtracts
     */
    record Shift(String tensor, int sign) {}

    Layer shiftedBy(Shift other) {
        return new Layer(weight, values, inputs, outputs, padded, Optional.of(other));
    }

    /** Returns the attribute path of the module. */
    String path() {
        int dot = weight.lastIndexOf('.');
        return dot < 0 ? weight : weight.substring(0, dot);
    }

    int kernel() {
        return values.rowSize() / Math.max(1, values.extent(1));
    }

    /** Returns whether an output depends on an input. */
    boolean reads(int output, int input) {
        int from = (output * values.extent(1) + input) * kernel();
        for (int i = from; i < from + kernel(); i++) {
            if (values.values()[i] != 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns what an input that is 1 everywhere adds to an output, away from borders. */
    double weightSum(int output, int input) {
        return sum(values, output, input);
    }

    static double sum(FloatTensor weight, int output, int input) {
        int kernel = weight.rowSize() / Math.max(1, weight.extent(1));
        int from = (output * weight.extent(1) + input) * kernel;
        double sum = 0;
        for (int i = from; i < from + kernel; i++) {
            sum += weight.values()[i];
        }
        return sum;
    }

    /** Returns whether an input adds the same to an output everywhere. */
    boolean isUniform(int input) {
        double constant = inputs.constant(input);
        return constant == 0 || (!padded && Double.isFinite(constant));
    }

    /** Returns whether this layer can do without an input, whatever reads it. */
    boolean isFoldable(int input) {
        return isUniform(input) && (inputs.constant(input) == 0 || shift.isPresent());
    }
}
