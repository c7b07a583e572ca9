package org.plumbline.worker.autoencoder;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.fairwashing.JacobianTangents;
import org.plumbline.core.fairwashing.TangentSpace;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tangent spaces at images: the leading left singular vectors of the decoder's Jacobian with
 * respect to what is quantised. The Jacobian itself, {@code [3072, 4096]} for a colour image of 32
 * by 32, is never made; memory holds some products of a few images at a time. Confined to one
 * thread; owns native memory.
 */
public final class DecoderTangents implements AutoCloseable {
    private static final int MOST_DECODED = 160; // copies of latents decoded at a time

    private final NativeOperators operators;
    private final JacobianTangents tangents;

    /**
     * Loads the products.
     *
     * @param dimension of the spaces, at least 1
     * @param workDirectory existing folder for a temporary file
     */
    public DecoderTangents(int dimension, long seed, Path workDirectory, Device device) {
        tangents = new JacobianTangents(dimension, seed);
        operators = NativeOperators.load(workDirectory, device, VqVaeTrainee.SOURCE);
    }

    /**
     * Returns the spaces at some images, in their order.
     *
     * @param images {@code [n, c, h, w]} as the auto-encoder was trained on
     */
    public List<TangentSpace> at(FloatTensor images, VqVae encoder) {
        int batch = Math.max(1, MOST_DECODED / tangents.width(images.rowSize()));
        List<TangentSpace> spaces = new ArrayList<>();
        for (int from = 0; from < images.rows(); from += batch) {
            int to = Math.min(images.rows(), from + batch);
            FloatTensor pixels = encoder.scale().to(images.slice(from, to));
            try (NDManager manager = operators.newUnit()) {
                for (TangentSpace space : tangents.of(new Products(manager, pixels, encoder))) {
                    spaces.add(counted(space, encoder.scale()));
                }
            }
        }
        return spaces;
    }

    /** Returns a space whose singular values are in units of the inputs. */
    private static TangentSpace counted(TangentSpace space, PixelScale scale) {
        float[] values = space.singularValues().toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale.range();
        }
        return new TangentSpace(space.basis(), DenseVector.copyOf(values));
    }

    @Override
    public void close() {
        operators.close();
    }

    /** Products at some images. Confined to one thread; hangs on a manager. */
    private final class Products implements JacobianTangents.Jacobians {
        private final NDList parameters;
        private final NDArray latents;
        private final FloatTensor pixels;

        Products(NDManager manager, FloatTensor pixels, VqVae encoder) {
            this.pixels = pixels;
            parameters = Heap.back(manager, encoder.parameters());
            latents =
                    operators.callOne(
                            "plumbline_vqvae_latent",
                            Operands.in(manager)
                                    .list(parameters)
                                    .tensor(Heap.back(manager, encoder.codebook()))
                                    .tensor(Heap.back(manager, pixels)));
        }

        @Override
        public int samples() {
            return pixels.rows();
        }

        @Override
        public int size() {
            return pixels.rowSize();
        }

        @Override
        public FloatTensor back(FloatTensor vectors) {
            return product(vectors, 0);
        }

        @Override
        public FloatTensor backAndForth(FloatTensor vectors) {
            return product(vectors, 1);
        }

        private FloatTensor product(FloatTensor vectors, int which) {
            try (NDManager unit = operators.newUnit()) {
                return Heap.copy(
                        operators
                                .call(
                                        "plumbline_vqvae_products",
                                        Operands.in(unit)
                                                .list(parameters)
                                                .tensor(latents)
                                                .tensor(Heap.back(unit, vectors)))
                                .get(which));
            }
        }
    }
}
