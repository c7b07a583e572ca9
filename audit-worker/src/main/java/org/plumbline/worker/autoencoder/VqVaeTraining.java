package org.plumbline.worker.autoencoder;

import ai.djl.Device;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingLoop;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Trains auto-encoders as published: reconstruction and commitment by Adam, the codebook by moving
 * averages, anew when it collapses. Thread-safe; a process should run one at a time.
 *
 * <p>Source: van den Oord et al., "Neural Discrete Representation Learning", NeurIPS 2017, appendix
 * A.1; {@code fairwashing/fairwashing} (4ce9fa4), {@code projectors/autoencoder.py}.
 */
public final class VqVaeTraining {
    private final VqVaeShape shape;
    private final VqVaeSettings settings;
    private final Path workDirectory;
    private final Device device;

    /**
     * Makes a training.
     *
     * @param workDirectory existing folder for temporary files
     */
    public VqVaeTraining(
            VqVaeShape shape, VqVaeSettings settings, Path workDirectory, Device device) {
        this.shape = shape;
        this.settings = settings;
        this.workDirectory = workDirectory;
        this.device = device;
    }

    /**
     * Trains one auto-encoder.
     *
     * @param images {@code [n, c, h, w]}, sides multiples of 4, finite
     * @param scale what they are counted in
     * @throws AuditException {@code BAD_DATA} for images of other channels or sides, or if every
     *     attempt collapses; {@code CANCELLED} when the listener said so
     */
    public VqVae run(FloatTensor images, PixelScale scale, TrainingListener listener) {
        requireFit(images);
        FloatTensor pixels = scale.to(images);
        try (NativeOperators operators =
                NativeOperators.load(workDirectory, device, VqVaeTrainee.SOURCE)) {
            for (int attempt = 1; attempt <= RestartRule.MOST_ATTEMPTS; attempt++) {
                Optional<VqVae> trained = attempt(operators, pixels, scale, attempt, listener);
                if (trained.isPresent()) {
                    return trained.get();
                }
            }
        }
        throw AuditException.of(
                ErrorCode.BAD_DATA,
                "inputs",
                "one code for all of them in " + RestartRule.MOST_ATTEMPTS + " trainings",
                "images that differ, or another seed");
    }

    private Optional<VqVae> attempt(
            NativeOperators operators,
            FloatTensor pixels,
            PixelScale scale,
            int attempt,
            TrainingListener listener) {
        long seed = settings.seed() * RestartRule.MOST_ATTEMPTS + attempt;
        RestartRule rule = new RestartRule(listener);
        try (VqVaeTrainee trainee =
                new VqVaeTrainee(operators, pixels, FirstValues.of(shape, seed), settings.rate())) {
            try {
                TrainingLoop.run(trainee, loop(pixels, seed), rule);
            } catch (AuditException e) {
                if (!rule.collapsed() || listener.cancelled()) {
                    throw e;
                }
            }
            return rule.collapsed()
                    ? Optional.empty()
                    : Optional.of(trainee.trained(scale, attempt));
        }
    }

    private LoopSettings loop(FloatTensor pixels, long seed) {
        return LoopSettings.of(
                Length.steps(settings.updates()),
                Math.min(settings.batchSize(), pixels.rows()),
                seed);
    }

    private void requireFit(FloatTensor images) {
        boolean fits =
                images.rank() == 4
                        && images.rows() > 0
                        && images.extent(1) == shape.channels()
                        && images.extent(2) % VqVaeShape.REDUCTION == 0
                        && images.extent(3) % VqVaeShape.REDUCTION == 0;
        if (!fits) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "inputs",
                    images,
                    "[n," + shape.channels() + ",h,w], sides multiples of 4");
        }
    }
}
