package org.plumbline.core.torchscript;

import java.util.List;

/**
 * A tensor attribute of a module and where its elements lie. Immutable.
 *
 * @param name attribute path, such as {@code features.0.weight}
 * @param key name of the storage, entry {@code data/KEY}
 * @param offset first element in the storage
 * @param shape extent of each axis
 * @param strides elements between neighbours along each axis
 */
public record StoredTensor(
        String name, DataKind kind, String key, long offset, List<Long> shape, List<Long> strides) {
    /** Copies the lists. */
    public StoredTensor {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
    }

    /** Returns the number of elements. */
    public long size() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Returns the elements of storage that this tensor needs, from its start. */
    long extent() {
        if (size() == 0) {
            return offset;
        }
        long last = offset;
        for (int i = 0; i < shape.size(); i++) {
            last = Math.addExact(last, Math.multiplyExact(shape.get(i) - 1, strides.get(i)));
        }
        return last + 1;
    }
}
