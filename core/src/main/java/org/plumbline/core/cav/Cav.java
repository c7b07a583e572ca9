package org.plumbline.core.cav;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.DenseVector;

/**
 * A concept activation vector: the unit direction along which a concept grows in one layer.
 *
 * <p>Source: Kim et al., "Interpretability Beyond Feature Attribution", ICML 2018. Immutable.
 *
 * @param direction shape {@code [d]}, {@code d} = channels of the layer; L2 norm 1 within 1e-4
 */
public record Cav(ConceptId concept, LayerPath layer, DenseVector direction) {
    private static final double UNIT_TOLERANCE = 1e-4;

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if {@code direction} is no unit vector
     */
    public Cav {
        double norm = direction.norm();
        if (!(Math.abs(norm - 1) <= UNIT_TOLERANCE)) { // negated so that NaN is rejected too
            throw new IllegalArgumentException("norm: " + norm + " (expected: 1)");
        }
    }
}
