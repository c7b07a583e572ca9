package org.plumbline.core.torchscript;

import java.util.Arrays;
import java.util.Optional;

/** Element types of stored tensors. */
public enum DataKind {
    /** 32-bit float. */
    FLOAT32("FloatStorage", 4),
    /** 64-bit float. */
    FLOAT64("DoubleStorage", 8),
    /** 16-bit float. */
    FLOAT16("HalfStorage", 2),
    /** 16-bit brain float. */
    BFLOAT16("BFloat16Storage", 2),
    /** 64-bit integer. */
    INT64("LongStorage", 8),
    /** 32-bit integer. */
    INT32("IntStorage", 4),
    /** 16-bit integer. */
    INT16("ShortStorage", 2),
    /** 8-bit integer. */
    INT8("CharStorage", 1),
    /** 8-bit unsigned integer. */
    UINT8("ByteStorage", 1),
    /** Truth value. */
    BOOL("BoolStorage", 1);

    private final String storage;
    private final int bytes;

    DataKind(String storage, int bytes) {
        this.storage = storage;
        this.bytes = bytes;
    }

    /** Returns the bytes of one element. */
    public int bytes() {
        return bytes;
    }

    static Optional<DataKind> ofStorage(String name) {
        return Arrays.stream(values()).filter(kind -> kind.storage.equals(name)).findFirst();
    }
}
