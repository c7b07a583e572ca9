package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.HyperParameter;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What fitting one CAV to 10,000 x 2,048 activations costs: with the grid search, and by the solver
 * alone at the value it chose. Confined to one thread.
 */
final class CavBench {
    private static final int ROWS = 10_000;
    private static final int CHANNELS = 2048;
    private static final int REPEATS = 9;
    private static final double SHARE = 0.2;
    private static final double SHIFT = 0.5;
    private static final int EVERY = 16;
    private static final long SEED = 20260101;

    private final Progress progress;

    CavBench(Progress progress) {
        this.progress = progress;
    }

    /** Fits every kind and adds a row for each. */
    void run(ArrayNode rows, List<CavKind> kinds) {
        LabelledActivations data = data();
        for (CavKind kind : kinds) {
            progress.say("fitting " + kind.label());
            // closed forms are short: their median after a warm-up; grid searches warm up
            // themselves
            double[] seconds = new double[kind.hyperParameter().isEmpty() ? REPEATS : 1];
            Optional<HyperParameter> chosen = Optional.empty();
            for (int i = 0; i < seconds.length; i++) {
                long start = System.nanoTime();
                chosen = kind.fit(data).parameter();
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
            Arrays.sort(seconds);
            double fitted = seconds[seconds.length / 2];
            ObjectNode row =
                    rows.addObject()
                            .put("kind", kind.label())
                            .put("rows", ROWS)
                            .put("channels", CHANNELS)
                            .put("fit_ms", fitted * 1e3);
            solver(kind, data, chosen)
                    .ifPresent(
                            solver ->
                                    row.put("solver_ms", solver * 1e3)
                                            .put("ratio", fitted / solver));
        }
    }

    private static Optional<Double> solver(
            CavKind kind, LabelledActivations data, Optional<HyperParameter> chosen) {
        return chosen.map(
                parameter -> {
                    long start = System.nanoTime();
                    kind.fit(data, parameter.value());
                    return (System.nanoTime() - start) / 1e9;
                });
    }

    /** Returns rectified noise; every sixteenth channel rises with the concept. */
    private static LabelledActivations data() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[ROWS * CHANNELS];
        long[] concept = new long[ROWS];
        for (int i = 0; i < ROWS; i++) {
            concept[i] = random.nextDouble() < SHARE ? 1 : 0;
            for (int j = 0; j < CHANNELS; j++) {
                double shift = j % EVERY == 0 ? SHIFT * concept[i] : 0;
                values[i * CHANNELS + j] = (float) Math.max(0, random.nextGaussian() + shift);
            }
        }
        return LabelledActivations.of(FloatTensor.of(values, ROWS, CHANNELS), concept);
    }
}
