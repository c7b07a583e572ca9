package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;

/** Reads values of tensors out of an archive. Thread-safe. */
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
        StoredTensor tensor = archive.tensors().get(name);
        if (tensor == null || tensor.kind() != DataKind.FLOAT32) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "tensor", name, "a float32 tensor of the archive");
        }
        try {
            String entry = "data/" + tensor.key();
            byte[] storage =
                    archive.read(entry, Integer.MAX_VALUE)
                            .orElseThrow(
                                    () ->
                                            AuditException.of(
                                                    ErrorCode.BAD_ARCHIVE, entry, "missing", "it"));
            return gathered(tensor, ByteBuffer.wrap(storage).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive.path() + ": " + e, e);
        }
    }

    private static FloatTensor gathered(StoredTensor tensor, ByteBuffer storage) {
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        FloatTensor values = FloatTensor.zeros(shape);
        long[] index = new long[shape.length];
        long at = tensor.offset();
        for (int i = 0; i < values.values().length; i++) {
            values.values()[i] = storage.getFloat(Math.toIntExact(at * Float.BYTES));
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                at += tensor.strides().get(axis);
                if (++index[axis] < shape[axis]) {
                    break;
                }
                at -= shape[axis] * tensor.strides().get(axis);
                index[axis] = 0;
            }
        }
        return values;
    }
}
