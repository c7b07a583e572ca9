package org.plumbline.cli;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.nio.file.Path;

/** Model inputs from a file, checked before a model is loaded for them. */
final class InputArray {
    private static final int AXES = 4;

    private InputArray() {}

    /**
     * Reads inputs {@code [n, c, h, w]}.
     *
     * @throws AuditException {@code BAD_DATA} if there are other axes, no rows, an extent of 0, or
     *     values that are not finite
     */
    static FloatTensor read(Path file) {
        FloatTensor inputs = NpyFile.readFloats(file);
        if (inputs.rank() != AXES) {
            throw refused("inputs", inputs, "four axes [n,c,h,w]");
        }
        if (inputs.rows() == 0) {
            throw refused("inputs", "no rows", "at least one");
        }
        if (inputs.values().length == 0) {
            throw refused("inputs", inputs, "no extent 0");
        }
        requireFinite("inputs", inputs);
        return inputs;
    }

    /** Refuses NaN and infinities, naming the first. */
    static void requireFinite(String option, FloatTensor tensor) {
        for (int i = 0; i < tensor.values().length; i++) {
            if (!Float.isFinite(tensor.values()[i])) {
                throw refused(
                        option,
                        tensor.values()[i] + " in row " + i / tensor.rowSize(),
                        "finite numbers");
            }
        }
    }

    private static AuditException refused(String option, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, option, value, expected);
    }
}
