package org.plumbline.cli;

import org.jspecify.annotations.Nullable;
import org.plumbline.cli.CausalCheck.Change;
import org.plumbline.core.cav.MeanLengths;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.tap.Intervention;
import org.plumbline.core.tensor.DenseVector;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Options of the causal check. Confined to one thread. */
final class EffectOptions {
    private static final double FULL = 1;
    private static final double[] USUAL = {0.25, 0.5, FULL};

    @Option(
            names = "--effects",
            description =
                    "Also change the activation: remove the concept, to the mean level of examples"
                            + " without it, and add it, to that of examples with it.")
    private boolean asked;

    @Option(
            names = "--strengths",
            split = ",",
            description = "Shares of the way, 1 among them always (default: 0.25,0.5,1).")
    private double @Nullable [] strengths;

    /** Returns whether the check is asked for. */
    boolean asked() {
        return asked;
    }

    /** Returns removal and addition at every strength, rising. */
    List<Change> changes(DenseVector cav, MeanLengths levels, Pooling pooling) {
        List<Change> changes = new ArrayList<>();
        boolean maximum = pooling == Pooling.MAX;
        for (double strength : strengths()) {
            changes.add(
                    new Change(
                            CausalCheck.REMOVE,
                            new Intervention(cav, levels.clean(), strength, maximum)));
        }
        for (double strength : strengths()) {
            changes.add(
                    new Change(
                            CausalCheck.ADD,
                            new Intervention(cav, levels.artifact(), strength, maximum)));
        }
        return changes;
    }

    private double[] strengths() {
        double[] given = strengths == null ? USUAL : strengths;
        for (double strength : given) {
            if (!(strength > 0 && Double.isFinite(strength))) {
                throw new IllegalArgumentException(
                        "strengths: " + Arrays.toString(given) + " (expected: above 0)");
            }
        }
        return DoubleStream.concat(DoubleStream.of(FULL), DoubleStream.of(given))
                .distinct()
                .sorted()
                .toArray();
    }
}
