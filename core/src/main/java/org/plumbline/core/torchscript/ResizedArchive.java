package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.pickle.PickleReader;
import org.plumbline.core.torchscript.pickle.PickleValue;
import org.plumbline.core.torchscript.pickle.PickleValue.Applied;
import org.plumbline.core.torchscript.pickle.PickleValue.Persistent;
import org.plumbline.core.torchscript.pickle.PickleValue.Text;
import org.plumbline.core.torchscript.pickle.PickleValue.Tuple;
import org.plumbline.core.torchscript.pickle.PickleValue.Whole;
import org.plumbline.core.torchscript.pickle.PickleWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * An archive whose tensors have other shapes, and whose code may differ: the pickle says the new
 * sizes and strides, the storages hold the new values. Everything else is copied, but for a
 * manifest of provenance, which no longer holds. Thread-safe.
 */
public final class ResizedArchive {
    private static final String DATA = "data.pkl";
    private static final String DEBUG = ".debug_pkl";
    private static final int KEY = 2;
    private static final int ELEMENTS = 4;
    private static final int STRIDES = 3;

    private ResizedArchive() {}

    /**
     * Writes the archive.
     *
     * @param tensors new values by attribute path, of any shape; each alone in its storage
     * @param code new contents of code files by entry name
     * @param out appears only when complete
     * @throws AuditException {@code INVALID_ARGUMENT} if a tensor is unknown, not float32 or shares
     *     its storage
     */
    public static void write(
            Archive source, Map<String, FloatTensor> tensors, Map<String, byte[]> code, Path out) {
        Map<String, FloatTensor> storages = new HashMap<>();
        Map<String, byte[]> entries = new LinkedHashMap<>(code);
        tensors.forEach(
                (name, values) -> {
                    StoredTensor tensor = requireAlone(source, name);
                    storages.put(tensor.key(), values);
                    entries.put(StoredValues.entry(tensor), bytes(values));
                });
        try {
            byte[] pickle = StoredValues.content(source, DATA);
            PickleValue root = PickleReader.read(DATA, pickle, name -> true); // checked on opening
            entries.put(DATA, PickleWriter.write(root, tensor -> resized(tensor, storages)));
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, source.path() + ": " + e, e);
        }
        ArchiveWriter.write(
                source,
                entries,
                name -> !isStale(name, code) && !name.equals(RepairedArchive.MANIFEST),
                out);
    }

    /** Tables of source ranges are of no use to code that differs. */
    private static boolean isStale(String entry, Map<String, byte[]> code) {
        return entry.endsWith(DEBUG)
                && code.containsKey(entry.substring(0, entry.length() - DEBUG.length()));
    }

    private static StoredTensor requireAlone(Archive source, String name) {
        StoredTensor tensor = StoredValues.required(source, name);
        if (!StoredValues.isAlone(source, tensor)) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "tensor", name, "one alone in its storage");
        }
        return tensor;
    }

    private static byte[] bytes(FloatTensor values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.values().length, Float.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values.values());
        return bytes.array();
    }

    /** {@code (storage, offset, sizes, strides, ...)}, the rest as it is. */
    private static Applied resized(Applied tensor, Map<String, FloatTensor> storages) {
        List<PickleValue> arguments = new ArrayList<>(tensor.arguments().children());
        if (arguments.size() > STRIDES
                && arguments.get(0) instanceof Persistent storage
                && storage.id() instanceof Tuple id
                && id.values().get(KEY) instanceof Text key
                && storages.containsKey(key.value())) {
            FloatTensor values = storages.get(key.value());
            List<PickleValue> described = new ArrayList<>(id.values());
            described.set(ELEMENTS, new Whole(values.values().length));
            arguments.set(0, new Persistent(new Tuple(described)));
            arguments.set(1, new Whole(0));
            arguments.set(2, tuple(values.shape()));
            arguments.set(STRIDES, tuple(strides(values.shape())));
            return new Applied(tensor.function(), new Tuple(arguments));
        }
        return tensor;
    }

    private static Tuple tuple(long[] numbers) {
        return new Tuple(LongStream.of(numbers).<PickleValue>mapToObj(Whole::new).toList());
    }

    private static long[] strides(long[] shape) {
        long[] strides = new long[shape.length];
        Arrays.fill(strides, 1);
        for (int axis = shape.length - 2; axis >= 0; axis--) {
            strides[axis] = strides[axis + 1] * Math.max(1, shape[axis + 1]);
        }
        return strides;
    }
}
