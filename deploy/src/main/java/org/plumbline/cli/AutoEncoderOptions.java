package org.plumbline.cli;

import org.plumbline.worker.autoencoder.VqVaeSettings;

import picocli.CommandLine.Option;

/** Options that say how auto-encoders are trained. Confined to one thread. */
final class AutoEncoderOptions {
    @Option(
            names = "--updates",
            defaultValue = "15000",
            description = "auto-encoder: updates of Adam (default: ${DEFAULT-VALUE}, published).")
    private long updates = VqVaeSettings.UPDATES;

    @Option(
            names = "--batch-size",
            defaultValue = "256",
            description = "auto-encoder: images an update (default: ${DEFAULT-VALUE}, published).")
    private int batch = VqVaeSettings.BATCH;

    @Option(
            names = "--learning-rate",
            defaultValue = "1e-3",
            description = "auto-encoder: of Adam (default: ${DEFAULT-VALUE}, published).")
    private double rate = VqVaeSettings.RATE;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "auto-encoder: decides first values and order (default: 1).")
    private long seed = 1;

    VqVaeSettings settings() {
        return new VqVaeSettings(updates, batch, rate, seed);
    }
}
