package org.plumbline.cli.quickstart;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.generator.Artifact;
import org.plumbline.worker.generator.BiasedSet;
import org.plumbline.worker.generator.ControlledBias;
import org.plumbline.worker.generator.IdxSet;
import org.plumbline.worker.generator.Picture;
import org.plumbline.worker.generator.PictureSet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The quickstart's task, data and settings, for benchmark and experiments to share. */
public final class FashionBias {
    /** Layer that is audited and corrected: the last convolution. */
    public static final String LAYER = ModelFolder.LAYER;

    /** Class the artifact goes with: T-shirt. */
    public static final int TARGET = 0;

    /** The artifact: a small bright date in the lower right corner. */
    static final Artifact ARTIFACT = Artifact.TIMESTAMP;

    /** Concept that stands for the artifact. */
    public static final String CONCEPT = ARTIFACT.label();

    /** Names of the classes, by label. */
    static final List<String> CLASSES =
            List.of(
                    "T-shirt",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot");

    /** Pixels per side. */
    static final int SIDE = 28;

    private static final double TARGET_SHARE = 0.5;
    private static final double OTHER_SHARE = 0.0005;
    private static final long SEED = 20_260_101;

    private FashionBias() {}

    /** Writes the audit data set of a full run from a folder of IDX files. */
    public static void writeData(Path images, Path folder) throws IOException {
        biased(
                        images(images, "train", Scale.FULL.trainingImages()),
                        images(images, "t10k", Scale.FULL.testImages()))
                .writeTensors(folder);
    }

    /**
     * Reads images of Fashion-MNIST.
     *
     * @throws AuditException {@code BAD_DATA} if they are of another size or number of classes
     */
    static PictureSet images(Path folder, String part, int limit) {
        PictureSet set = IdxSet.read(folder, part, limit);
        if (set.images().get(0).height() != SIDE || set.images().get(0).width() != SIDE) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, part + " images", set.images().get(0).height(), "28 x 28");
        }
        if (set.classes() > CLASSES.size()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, part + " labels", set.classes() - 1, "0 to 9");
        }
        return set;
    }

    /** Returns the data: the artifact on half of one class's training images and few others. */
    static BiasedSet biased(PictureSet training, PictureSet test) {
        return new ControlledBias(ARTIFACT, TARGET, TARGET_SHARE, OTHER_SHARE, SEED)
                .of(training, test);
    }

    /** Returns an image with the artifact, which always looks the same. */
    static Picture marked(Picture image) {
        return ARTIFACT.mark(image, new SplittableRandom(0)).image();
    }

    /** Returns the parameters of {@code vanilla} that make the biased model. */
    public static Map<String, String> training(int epochs) {
        return Map.of(
                "trainable", "all",
                "optimizer", "adam",
                "learning_rate", "0.0004",
                "batch_size", "64",
                "epochs", String.valueOf(epochs),
                "seed", "1");
    }

    /** Returns the parameters of {@code rr-clarc} that repair it. */
    public static Map<String, String> correction(int epochs) {
        return Map.of(
                "lambda", "100000",
                "criterion", "target_logit",
                "optimizer", "sgd",
                "momentum", "0.9",
                "learning_rate", "0.005",
                "batch_size", "64",
                "epochs", String.valueOf(epochs),
                "seed", "1");
    }
}
