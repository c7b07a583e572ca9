package org.plumbline.cli;

import org.plumbline.core.heatmap.Style;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;

/**
 * Which inputs a concept is looked for in, and how they are drawn. Immutable but for the tensors.
 *
 * @param count inputs in the file
 * @param rows those that are localised
 * @param images the localised ones, {@code [m, c, h, w]}
 * @param cav unit vector {@code [d]}
 */
record LocalisationPlan(
        int count,
        List<Integer> rows,
        FloatTensor images,
        DenseVector cav,
        Style style,
        List<String> names) {
    /** Returns maps of every input of the file, empty where none was made. */
    FloatTensor all(FloatTensor maps) {
        FloatTensor all = FloatTensor.zeros(count, maps.extent(1), maps.extent(2));
        int size = maps.rowSize();
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(maps.values(), i * size, all.values(), rows.get(i) * size, size);
        }
        return all;
    }
}
