package org.plumbline.core.fairwashing;

import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;

/**
 * Where an explanation method meets the tangent space: the gradient of {@code gradient-input} is
 * projected before it is multiplied by the input, all others at the end. Immutable.
 *
 * <p>Source: {@code fairwashing/fairwashing} (4ce9fa4), {@code fairwasher/utils.py}.
 */
public record TangentialMethod(ExplanationMethod method) {
    /** Returns the method whose attributions are projected. */
    public ExplanationMethod projectee() {
        return multiplies() ? ExplanationMethod.GRADIENT : method;
    }

    /** Returns whether what is projected is multiplied by the input afterwards. */
    public boolean multiplies() {
        return method == ExplanationMethod.GRADIENT_INPUT;
    }

    /**
     * Returns the attributions of the method itself.
     *
     * @param found what {@link #projectee} said of the inputs
     * @param inputs {@code [n, c, h, w]}
     */
    public FloatTensor plain(FloatTensor found, FloatTensor inputs) {
        return multiplies() ? product(found, inputs) : found;
    }

    /**
     * Returns the attributions of the method, projected.
     *
     * @param found what {@link #projectee} said of the inputs
     * @param inputs {@code [n, c, h, w]}
     * @param bases at the inputs
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if the bases do not fit
     */
    public FloatTensor projected(FloatTensor found, FloatTensor inputs, TangentBases bases) {
        return plain(bases.project(found), inputs);
    }

    private static FloatTensor product(FloatTensor a, FloatTensor b) {
        float[] out = a.values().clone();
        for (int i = 0; i < out.length; i++) {
            out[i] *= b.values()[i];
        }
        return FloatTensor.of(out, a.shape());
    }
}
