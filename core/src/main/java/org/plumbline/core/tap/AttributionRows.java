package org.plumbline.core.tap;

import org.plumbline.core.tensor.FloatTensor;

/** Collects the parts of an attribution, rows in order. Confined to one thread. */
final class AttributionRows {
    private final int rows;
    private final long[] classes;
    private FloatTensor logits = FloatTensor.zeros(0);
    private FloatTensor relevance = FloatTensor.zeros(0);
    private int filled;

    AttributionRows(int rows) {
        this.rows = rows;
        this.classes = new long[rows];
    }

    void add(FloatTensor partOfLogits, long[] partOfClasses, FloatTensor partOfRelevance) {
        if (filled == 0) {
            logits = room(partOfLogits);
            relevance = room(partOfRelevance);
        }
        copy(partOfLogits, logits);
        copy(partOfRelevance, relevance);
        System.arraycopy(partOfClasses, 0, classes, filled, partOfClasses.length);
        filled += partOfClasses.length;
    }

    private FloatTensor room(FloatTensor part) {
        long[] shape = part.shape();
        shape[0] = rows;
        return FloatTensor.zeros(shape);
    }

    private void copy(FloatTensor part, FloatTensor whole) {
        int at = filled * whole.rowSize();
        System.arraycopy(part.values(), 0, whole.values(), at, part.values().length);
    }

    Attribution attribution() {
        return new Attribution(logits, classes, relevance);
    }
}
