package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.drift.Baseline;
import org.plumbline.core.drift.DriftDetector;
import org.plumbline.core.significance.PoolStatistic;
import org.plumbline.core.significance.PoolTally;
import org.plumbline.core.significance.RandomCavs;
import org.plumbline.core.significance.SequentialRankTest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.window.ConceptSample;
import org.plumbline.core.window.ConceptWindow;
import org.plumbline.core.window.MeanEstimate;
import org.plumbline.core.window.PrevalenceWindow;
import org.plumbline.core.window.WindowSettings;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * What the statistics of one sample cost with every series of 256 concepts x 1,000 classes filled,
 * and how much memory they hold. Classes come at random, so that no state is warm in the caches.
 * Confined to one thread.
 */
final class StatsBench {
    private static final int CONCEPTS = 256;
    private static final int CLASSES = 1000;
    private static final int RANDOM = 999;
    private static final int CHANNELS = 512;
    private static final int FILL = 80 * CLASSES; // past the warm-up of the mean's bounds
    private static final int SAMPLES = 20_000;
    private static final int READINGS = 101;
    private static final int GRADIENTS = 64;
    private static final int BOUNDED = 20;
    private static final double ERROR = 0.01;

    private final Progress progress;
    private final SplittableRandom random = new SplittableRandom(1);
    private final ConceptWindow[][] windows = new ConceptWindow[CLASSES][CONCEPTS];
    private final DriftDetector[][] drifts = new DriftDetector[CLASSES][CONCEPTS];
    private final DriftDetector[] prevalence = new DriftDetector[CONCEPTS];
    private final PrevalenceWindow[] shares = new PrevalenceWindow[CONCEPTS];
    private final PoolTally[] tallies = new PoolTally[CLASSES];
    private final SequentialRankTest[] tests = new SequentialRankTest[CLASSES];
    private final float[][] readings = new float[READINGS][CONCEPTS];
    private final FloatTensor gradients;

    StatsBench(Progress progress) {
        this.progress = progress;
        for (float[] reading : readings) {
            for (int c = 0; c < CONCEPTS; c++) {
                reading[c] = (float) (2 * random.nextDouble() - 1);
            }
        }
        gradients = noise(GRADIENTS);
    }

    /** Measures; about half a minute. */
    void run(ObjectNode node) {
        RandomCavs pool = RandomCavs.ofSplits(noise(200), 100, 100, RANDOM, 1);
        progress.say("statistics: making " + CONCEPTS * CLASSES + " series");
        long before = used();
        make();
        for (int i = 0; i < FILL; i++) {
            update(i % CLASSES, i);
        }
        long bytes = used() - before;
        progress.say("statistics: " + SAMPLES + " samples");
        int[] targets = random.ints(SAMPLES, 0, CLASSES).toArray();
        double updating = micros(i -> update(targets[i], FILL + i));
        float[] along = pool.sensitivities(gradients.row(0));
        double comparing = micros(i -> compare(targets[i], along));
        double product = micros(i -> pool.sensitivities(gradients.row(i % GRADIENTS)));
        node.put("concepts", CONCEPTS)
                .put("classes", CLASSES)
                .put("random_cavs", RANDOM)
                .put("channels", CHANNELS)
                .put("windows_and_drift_us_per_sample", updating)
                .put("pool_tally_and_test_us_per_sample", comparing)
                .put("pool_product_in_java_us_per_sample", product)
                .put("us_per_sample_without_product", updating + comparing)
                .put("us_per_sample", updating + comparing + product)
                .put("bounds_us_per_series", bounds())
                .put("megabytes", bytes / 1e6)
                .put("bytes_per_series", bytes / (CONCEPTS * CLASSES));
        progress.say("statistics: power");
        PowerBench.write(node.putObject("power"));
    }

    /** Returns the processor time of this thread per sample. */
    private static double micros(IntConsumer sample) {
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long start = thread.getCurrentThreadCpuTime();
        for (int i = 0; i < SAMPLES; i++) {
            sample.accept(i);
        }
        return (thread.getCurrentThreadCpuTime() - start) / 1e3 / SAMPLES;
    }

    private void compare(int target, float[] along) {
        tallies[target].add(readings[target % READINGS], along);
        tests[target].update(tallies[target]);
    }

    private void make() {
        WindowSettings settings =
                new WindowSettings(
                        2000, Optional.of(Duration.ofMinutes(15)), OptionalDouble.empty(), ERROR);
        Baseline baseline = new Baseline(new MeanEstimate(-5, 5, 5000, 0, 0, 5000), ERROR);
        for (int k = 0; k < CLASSES; k++) {
            tallies[k] = new PoolTally(CONCEPTS, RANDOM);
            tests[k] = new SequentialRankTest(PoolStatistic.SCORE, CONCEPTS, RANDOM, 64, 5);
            for (int c = 0; c < CONCEPTS; c++) {
                windows[k][c] = new ConceptWindow(settings);
                drifts[k][c] = new DriftDetector(baseline, ERROR);
            }
        }
        for (int c = 0; c < CONCEPTS; c++) {
            prevalence[c] = new DriftDetector(baseline, ERROR);
            shares[c] = new PrevalenceWindow(settings.capacity());
        }
    }

    private void update(int target, int at) {
        Instant time = Instant.ofEpochMilli(10L * at);
        for (int c = 0; c < CONCEPTS; c++) {
            float s = readings[at % READINGS][c];
            windows[target][c].add(new ConceptSample(s, Math.abs(s), 30, 19), time);
            drifts[target][c].add(s);
            prevalence[c].add(s > 0 ? 1 : 0);
            shares[c].add(s > 0);
        }
    }

    private double bounds() {
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long start = thread.getCurrentThreadCpuTime();
        double sum = 0;
        for (int c = 0; c < CONCEPTS; c++) {
            for (int k = 0; k < BOUNDED; k++) {
                var snapshot = windows[k][c].snapshot();
                sum += snapshot.lower() + snapshot.upper();
                sum += snapshot.sensitivityBounds().map(b -> b.upper() - b.lower()).orElse(0.0);
            }
        }
        double micros = (thread.getCurrentThreadCpuTime() - start) / 1e3 / CONCEPTS / BOUNDED;
        return sum > 0 ? micros : Double.NaN;
    }

    private FloatTensor noise(int rows) {
        float[] values = new float[rows * CHANNELS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return FloatTensor.of(values, rows, CHANNELS);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
