package org.plumbline.worker.autoencoder;

import org.plumbline.core.tensor.FloatTensor;

import java.util.List;

/**
 * A trained auto-encoder. Immutable.
 *
 * @param scale what its images are counted in
 * @param parameters in the order of {@code vqvae.py}
 * @param codebook {@code [codes, embedding]}
 * @param error mean squared difference of images and reconstructions at the last update, counted as
 *     the auto-encoder does
 * @param attempts trainings until one did not collapse
 */
public record VqVae(
        PixelScale scale,
        List<FloatTensor> parameters,
        FloatTensor codebook,
        double error,
        int attempts) {
    /** Copies the list. */
    public VqVae {
        parameters = List.copyOf(parameters);
    }
}
