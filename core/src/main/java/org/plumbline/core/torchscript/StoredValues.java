package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;

/** Values of tensors in the storages of an archive. Thread-safe. */
public final class StoredValues {
    private StoredValues() {}

    /** Returns whether nothing else has its elements in the storage, nor another name. */
    public static boolean isAlone(Archive archive, StoredTensor tensor) {
        return isOnly(archive.tensors().values(), tensor) && isOnly(archive.stored(), tensor);
    }

    private static boolean isOnly(Collection<StoredTensor> tensors, StoredTensor tensor) {
        return tensors.stream().filter(other -> other.key().equals(tensor.key())).count() == 1;
    }

    /**
     * Returns the values of a tensor in logical order, whatever its strides.
     *
     * @param name attribute path
     * @throws AuditException {@code INVALID_ARGUMENT} if it is unknown or not float32
     */
    public static FloatTensor read(Archive archive, String name) {
        StoredTensor tensor = required(archive, name);
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        FloatTensor values = FloatTensor.zeros(shape);
        try {
            ByteBuffer storage = floats(content(archive, entry(tensor)));
            walk(tensor, (i, at) -> values.values()[i] = storage.getFloat(at));
            return values;
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive.path() + ": " + e, e);
        }
    }

    /**
     * Writes values into the content of a tensor's storage, in logical order.
     *
     * @param values as many as the tensor has
     */
    static void write(StoredTensor tensor, float[] values, byte[] content) {
        ByteBuffer storage = floats(content);
        walk(tensor, (i, at) -> storage.putFloat(at, values[i]));
    }

    /**
     * Returns a float32 tensor.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if there is none of the name
     */
    static StoredTensor required(Archive archive, String name) {
        StoredTensor tensor = archive.tensors().get(name);
        if (tensor == null || tensor.kind() != DataKind.FLOAT32) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "tensor", name, "a float32 tensor of the archive");
        }
        return tensor;
    }

    /** Returns the entry of a tensor's storage. */
    static String entry(StoredTensor tensor) {
        return "data/" + tensor.key();
    }

    /** Returns the content of an entry that must be there. */
    static byte[] content(Archive archive, String entry) throws IOException {
        return archive.read(entry, Integer.MAX_VALUE)
                .orElseThrow(
                        () -> AuditException.of(ErrorCode.BAD_ARCHIVE, entry, "missing", "it"));
    }

    private static ByteBuffer floats(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    private interface Visitor {
        void at(int element, int storageByte);
    }

    /** Goes through the strides, since a tensor may be a view. */
    private static void walk(StoredTensor tensor, Visitor visitor) {
        int axes = tensor.shape().size();
        long[] index = new long[axes];
        long at = tensor.offset();
        int size = Math.toIntExact(tensor.size());
        for (int i = 0; i < size; i++) {
            visitor.at(i, Math.toIntExact(at * Float.BYTES));
            for (int axis = axes - 1; axis >= 0; axis--) {
                at += tensor.strides().get(axis);
                if (++index[axis] < tensor.shape().get(axis)) {
                    break;
                }
                at -= tensor.shape().get(axis) * tensor.strides().get(axis);
                index[axis] = 0;
            }
        }
    }
}
