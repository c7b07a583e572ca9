package org.plumbline.cli;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.nio.file.Path;

/** Concept vectors from files. */
final class CavFile {
    private static final double UNIT_TOLERANCE = 1e-3;

    private CavFile() {}

    /**
     * Reads a unit vector {@code [d]}.
     *
     * @throws AuditException {@code BAD_DATA} if there are other axes or another length
     */
    static DenseVector read(Path file) {
        FloatTensor direction = NpyFile.readFloats(file);
        if (direction.rank() != 1) {
            throw AuditException.of(ErrorCode.BAD_DATA, "cav", direction, "one axis [d]");
        }
        InputArray.requireFinite("cav", direction);
        DenseVector cav = DenseVector.copyOf(direction.values());
        if (!(Math.abs(cav.norm() - 1) <= UNIT_TOLERANCE)) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "cav", "length " + cav.norm(), "a unit vector [d]");
        }
        return cav;
    }
}
