package org.plumbline.core.cav;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;

import java.util.Optional;

/**
 * A fitted concept direction. Immutable.
 *
 * @param direction unit vector {@code [d]}, from samples without to samples with the concept
 * @param norm length before normalisation
 * @param parameter regularisation; empty for a kind without
 */
public record CavFit(
        CavKind kind, DenseVector direction, double norm, Optional<HyperParameter> parameter) {

    static CavFit of(CavKind kind, double[] coefficients) {
        return of(kind, coefficients, Optional.empty());
    }

    static CavFit of(CavKind kind, double[] coefficients, HyperParameter parameter) {
        return of(kind, coefficients, Optional.of(parameter));
    }

    private static CavFit of(
            CavKind kind, double[] coefficients, Optional<HyperParameter> parameter) {
        double squares = 0;
        for (double coefficient : coefficients) {
            squares += coefficient * coefficient;
        }
        double norm = Math.sqrt(squares);
        if (!(norm > 0 && Double.isFinite(norm))) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    kind.label() + " cav",
                    norm == 0 ? "zero vector" : "not finite",
                    "activations that tell positives from negatives");
        }
        double[] unit = new double[coefficients.length];
        for (int j = 0; j < unit.length; j++) {
            unit[j] = coefficients[j] / norm;
        }
        return new CavFit(kind, DenseVector.copyOf(unit), norm, parameter);
    }

    /**
     * Returns the direction of other examples with the same kind and regularisation; empty if they
     * have none, as when a strong penalty leaves no channel.
     */
    Optional<DenseVector> refit(LabelledActivations data) {
        try {
            CavFit fit =
                    parameter.isPresent()
                            ? kind.fit(data, parameter.get().value())
                            : kind.fit(data);
            return Optional.of(fit.direction());
        } catch (AuditException e) { // says that these examples have no direction
            return Optional.empty();
        }
    }
}
