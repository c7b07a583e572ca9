package org.plumbline.cli;

import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.significance.RandomCavs;

import picocli.CommandLine.Option;

import java.util.Optional;

/** Options of the comparison with random CAVs. Confined to one thread. */
final class SignificanceOptions {
    private static final int LEAST = 2; // a spread needs two

    @Option(
            names = "--random",
            paramLabel = "N",
            description =
                    "Compare with the CAVs of N random splits of the examples; no p-value is below"
                            + " 1/(N + 1).")
    private Optional<Integer> random = Optional.empty();

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the random splits (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** Returns whether the comparison is asked for. */
    boolean asked() {
        return random.isPresent();
    }

    /** Draws the random CAVs, in the group sizes of the concept's own examples. */
    RandomCavs draw(ExampleOptions.Examples examples) {
        int count = random.orElseThrow();
        if (count < LEAST) {
            throw new IllegalArgumentException(
                    "random: " + count + " (expected: at least " + LEAST + ")");
        }
        LabelledActivations labelled = examples.labelled();
        return RandomCavs.ofSplits(
                examples.pooled(), labelled.positives(), labelled.negatives(), count, seed);
    }
}
