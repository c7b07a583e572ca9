package org.plumbline.core.heatmap;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

/**
 * Model inputs and their heat maps, which may be coarser. Borrows both.
 *
 * @param inputs {@code [n, c, h, w]}, all extents at least 1
 * @param maps {@code [n, h', w']}; values may be anything, those not finite are marked
 */
public record HeatMapBatch(FloatTensor inputs, FloatTensor maps) {
    public HeatMapBatch {
        if (inputs.rank() != 4 || inputs.values().length == 0) {
            throw refused("inputs", inputs, "[n,c,h,w], no extent 0");
        }
        if (maps.rank() != 3 || maps.values().length == 0 || maps.rows() != inputs.rows()) {
            throw refused("maps", maps, "[" + inputs.rows() + ",h,w], no extent 0");
        }
    }

    /** Returns the number of maps, {@code n}. */
    public int size() {
        return maps.rows();
    }

    private static AuditException refused(String field, Object value, String expected) {
        return AuditException.of(ErrorCode.INVALID_ARGUMENT, field, value, expected);
    }
}
