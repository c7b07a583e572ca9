package org.plumbline.cli.quickstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The quickstart's task, data and settings, for the benchmark to measure on. */
public final class FashionBias {
    /** Layer that is audited and corrected. */
    public static final String LAYER = ModelFolder.LAYER;

    /** Concept that stands for the artifact. */
    public static final String CONCEPT = BiasedData.CONCEPT;

    /** Class the artifact goes with. */
    public static final int TARGET = BiasedData.TARGET;

    private FashionBias() {}

    /** Writes the audit data set of a full run from a folder of IDX files. */
    public static void writeData(Path images, Path folder) throws IOException {
        BiasedData.of(
                        FashionMnist.read(images, "train", Scale.FULL.trainingImages()),
                        FashionMnist.read(images, "t10k", Scale.FULL.testImages()))
                .write(folder);
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
