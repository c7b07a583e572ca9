package org.plumbline.core.shrink;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.ForwardRun;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Inputs for a model of which no input is known: noise of a usual shape that it takes. */
public final class UsualInputs {
    private static final List<Integer> EXTENTS = List.of(28, 32, 64, 96, 128, 224, 299);
    private static final List<Integer> CHANNELS = List.of(3, 1);

    private UsualInputs() {}

    /**
     * Finds the first shape that the model takes: of extents from 28 to 299, of three channels or
     * one.
     *
     * @param work existing folder for temporary files
     * @return {@code [samples, c, h, w]} uniform in [-1, 1)
     * @throws AuditException {@code BAD_DATA} if it takes none
     */
    public static FloatTensor find(Path archive, Path work, int samples, long seed) {
        try (ForwardRun run = ForwardRun.load(archive, work)) {
            for (int extent : EXTENTS) {
                for (int channels : CHANNELS) {
                    if (takes(run, noise(seed, 1, channels, extent, extent))) {
                        return noise(seed, samples, channels, extent, extent);
                    }
                }
            }
        }
        throw AuditException.of(
                ErrorCode.BAD_DATA,
                "inputs",
                "none",
                "some, since the model takes no square images of " + EXTENTS);
    }

    private static boolean takes(ForwardRun run, FloatTensor input) {
        try {
            return run.logits(input).rows() == 1;
        } catch (AuditException e) {
            if (e.code() == ErrorCode.BAD_DATA) {
                return false;
            }
            throw e;
        }
    }

    /** Returns noise uniform in [-1, 1). */
    public static FloatTensor noise(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor noise = FloatTensor.zeros(shape);
        for (int i = 0; i < noise.values().length; i++) {
            noise.values()[i] = (float) (2 * random.nextDouble() - 1);
        }
        return noise;
    }
}
