package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.GridSearch;
import org.plumbline.core.cav.HyperParameter;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What fitting one CAV costs: with the grid search, by the solver alone at the value it chose, and,
 * where asked for, by the solver alone at all values and folds. Confined to one thread.
 */
final class CavBench {
    private static final int REPEATS = 9;
    private static final double SHARE = 0.2;
    private static final double SHIFT = 0.5;
    private static final int EVERY = 16;
    private static final long SEED = 20260101;

    private final Progress progress;
    private final int rows;
    private final int channels;
    private final boolean solverGrid;

    /**
     * Makes a benchmark.
     *
     * @param rows examples, at least 10
     * @param channels values of each, at least 1
     * @param solverGrid whether the solver fits every value and fold, too
     */
    CavBench(Progress progress, int rows, int channels, boolean solverGrid) {
        if (rows < 10 || channels < 1) {
            throw new IllegalArgumentException(
                    "cav-shape: " + rows + "," + channels + " (expected: at least 10,1)");
        }
        this.progress = progress;
        this.rows = rows;
        this.channels = channels;
        this.solverGrid = solverGrid;
    }

    /** Fits every kind and adds a row for each. */
    void run(ArrayNode results, List<CavKind> kinds) {
        Examples examples = data();
        LabelledActivations data = examples.labelled();
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
                    results.addObject()
                            .put("kind", kind.label())
                            .put("rows", rows)
                            .put("channels", channels)
                            .put("fit_ms", fitted * 1e3);
            solver(kind, data, chosen)
                    .ifPresent(
                            solver ->
                                    row.put("solver_ms", solver * 1e3)
                                            .put("ratio", fitted / solver));
            if (solverGrid && chosen.isPresent()) {
                double grid = row.path("solver_ms").doubleValue() / 1e3 + folds(kind, examples);
                row.put("solver_grid_ms", grid * 1e3).put("solver_grid_ratio", fitted / grid);
            }
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

    /** Returns the seconds the solver takes for every value on the rows outside every fold. */
    private double folds(CavKind kind, Examples examples) {
        int[] fold = GridSearch.folds(kind, examples.labelled());
        int folds = Arrays.stream(fold).max().orElseThrow() + 1;
        double seconds = 0;
        for (int f = 0; f < folds; f++) {
            int left = f;
            LabelledActivations part =
                    examples.rows(IntStream.range(0, rows).filter(i -> fold[i] != left).toArray());
            for (double value : GridSearch.VALUES) {
                progress.say(kind.label() + " alone: fold " + f + ", value " + value);
                long start = System.nanoTime();
                kind.fit(part, value);
                seconds += (System.nanoTime() - start) / 1e9;
            }
        }
        return seconds;
    }

    /** Returns rectified noise; every sixteenth channel rises with the concept. */
    private Examples data() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[Math.multiplyExact(rows, channels)];
        long[] concept = new long[rows];
        for (int i = 0; i < rows; i++) {
            concept[i] = random.nextDouble() < SHARE ? 1 : 0;
            for (int j = 0; j < channels; j++) {
                double shift = j % EVERY == 0 ? SHIFT * concept[i] : 0;
                values[i * channels + j] = (float) Math.max(0, random.nextGaussian() + shift);
            }
        }
        return new Examples(FloatTensor.of(values, rows, channels), concept);
    }

    private static final class Examples {
        private final FloatTensor activations;
        private final long[] concept;

        Examples(FloatTensor activations, long[] concept) {
            this.activations = activations;
            this.concept = concept;
        }

        LabelledActivations labelled() {
            return LabelledActivations.of(activations, concept);
        }

        LabelledActivations rows(int... wanted) {
            return LabelledActivations.of(
                    activations.rows(wanted),
                    IntStream.of(wanted).mapToLong(i -> concept[i]).toArray());
        }
    }
}
