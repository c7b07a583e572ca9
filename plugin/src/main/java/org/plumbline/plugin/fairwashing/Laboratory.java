package org.plumbline.plugin.fairwashing;

import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.LinearTangents;
import org.plumbline.core.fairwashing.ReferencePoints;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.config.FairwashingSpec.Tangent;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What all versions are examined with: the inputs of a window, clean ones, and the tangent spaces
 * among these. Borrows its arrays; thread-safe.
 *
 * @param inputs {@code [n, c, h, w]}
 * @param clean {@code [m, c, h, w]}
 */
record Laboratory(FloatTensor inputs, FloatTensor clean, LinearTangents tangents) {
    /**
     * Prepares a window.
     *
     * @throws AuditException {@code BAD_DATA} if there are too few clean inputs or they do not fit
     */
    static Laboratory of(FloatTensor inputs, Tangent tangent) {
        FloatTensor clean = tangent.inputs().map(Laboratory::clean).orElse(inputs);
        if (clean.rows() < tangent.fewest()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "fairwashing",
                    clean.rows() + " clean inputs",
                    "at least " + tangent.fewest() + ", in tangent.inputs or as window");
        }
        return new Laboratory(
                inputs, clean, new LinearTangents(ReferencePoints.of(clean), tangent.settings()));
    }

    /**
     * Reads clean inputs.
     *
     * @throws AuditException {@code BAD_DATA} if there are none
     */
    static FloatTensor clean(Path file) {
        FloatTensor clean = NpyFile.readFloats(file);
        if (clean.rank() != 4) {
            throw AuditException.of(ErrorCode.BAD_DATA, "tangent.inputs", clean, "[m,c,h,w]");
        }
        return clean;
    }

    /** Returns the shape of one clean input, where there is a file of them. */
    static Optional<Shape> shape(Tangent tangent) {
        return tangent.inputs()
                .map(Laboratory::clean)
                .map(clean -> new Shape(clean.shape()).slice(1));
    }

    /** Returns the tangent space at one input. */
    TangentBases bases(int row) {
        return tangents.bases(inputs.slice(row, row + 1));
    }
}
