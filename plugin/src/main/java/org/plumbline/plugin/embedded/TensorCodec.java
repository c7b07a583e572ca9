package org.plumbline.plugin.embedded;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Tensors in request and answer bodies, told by content type. */
enum TensorCodec {
    /** One NumPy array, read as float32. */
    NPY("application/x-npy") {
        @Override
        NDList decode(NDManager manager, byte[] body) {
            FloatTensor tensor =
                    NpyFile.readFloats(new ByteArrayInputStream(body), "body", body.length * 4L);
            return new NDList(manager.create(tensor.values(), new Shape(tensor.shape())));
        }

        @Override
        byte[] encode(NDList list) throws IOException {
            NDArray first = list.head();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            NpyFile.write(out, FloatTensor.of(first.toFloatArray(), first.getShape().getShape()));
            return out.toByteArray();
        }
    },
    /** The engine's own list of arrays. */
    NDLIST("tensor/ndlist") {
        @Override
        NDList decode(NDManager manager, byte[] body) {
            return NDList.decode(manager, body);
        }

        @Override
        byte[] encode(NDList list) {
            return list.encode();
        }
    },
    /** A NumPy archive. */
    NPZ("tensor/npz") {
        @Override
        NDList decode(NDManager manager, byte[] body) {
            return NDList.decode(manager, body);
        }

        @Override
        byte[] encode(NDList list) {
            return list.encode(NDList.Encoding.NPZ);
        }
    };

    private final String contentType;

    TensorCodec(String contentType) {
        this.contentType = contentType;
    }

    static Optional<TensorCodec> of(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return switch (type) {
            case "application/x-npy", "tensor/npy" -> Optional.of(NPY);
            case "tensor/ndlist" -> Optional.of(NDLIST);
            case "tensor/npz", "application/x-npz" -> Optional.of(NPZ);
            default -> Optional.empty();
        };
    }

    String contentType() {
        return contentType;
    }

    /** Returns arrays that hang on {@code manager}. */
    abstract NDList decode(NDManager manager, byte[] body);

    abstract byte[] encode(NDList list) throws IOException;
}
