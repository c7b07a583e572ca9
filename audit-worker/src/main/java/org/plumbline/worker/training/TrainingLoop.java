package org.plumbline.worker.training;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The one training loop: order, batches, schedules, checkpoints, cancellation and progress. A
 * method supplies the step, a {@link Trainee}.
 *
 * <p>The engine's generator is seeded before every step from the run's seed and the step's number,
 * so that dropout in a resumed run is that of an uninterrupted one. Steps run on the calling
 * thread; the engine spreads the work inside one operation over as many threads as the process may
 * use processors, and nothing else of ours computes meanwhile. Thread-safe, but a trainee is
 * confined to the calling thread.
 */
public final class TrainingLoop {
    private final Trainee trainee;
    private final LoopSettings settings;
    private final TrainingListener listener;
    private final SampleOrder order;
    private final long perEpoch;

    private TrainingLoop(Trainee trainee, LoopSettings settings, TrainingListener listener) {
        this.trainee = trainee;
        this.settings = settings;
        this.listener = listener;
        order = trainee.order(settings.seed());
        int samples = order.epoch(1).length;
        perEpoch = settings.stepsPerEpoch(samples);
        if (perEpoch == 0) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "batch_size",
                    settings.batchSize(),
                    "at most " + samples + ", the samples of an epoch");
        }
    }

    /**
     * Trains in place.
     *
     * @throws AuditException {@code CANCELLED} when the listener said so; {@code BAD_DATA} if a
     *     metric stops being finite
     */
    public static void run(Trainee trainee, LoopSettings settings, TrainingListener listener) {
        run(trainee, settings, listener, Optional.empty());
    }

    /** As {@link #run}, going on from the last checkpoint and saving further ones. */
    public static void run(
            Trainee trainee,
            LoopSettings settings,
            TrainingListener listener,
            Optional<Checkpoints> checkpoints) {
        TrainingLoop loop = new TrainingLoop(trainee, settings, listener);
        useEveryProcessor();
        Optional<Checkpoints.Saved> saved = checkpoints.flatMap(Checkpoints::load);
        saved.ifPresent(s -> trainee.restore(s.state()));
        loop.run(saved.map(Checkpoints.Saved::step).orElse(0L), checkpoints);
    }

    /** The engine counts the machine's cores; the JVM knows what a container grants. */
    private static void useEveryProcessor() {
        int granted = Runtime.getRuntime().availableProcessors();
        Engine.getEngine("PyTorch"); // loads the library
        if (System.getProperty("ai.djl.pytorch.num_threads") == null
                && JniUtils.getNumThreads() > granted) {
            JniUtils.setNumThreads(granted);
        }
    }

    private void run(long from, Optional<Checkpoints> checkpoints) {
        long steps = settings.length().stepsIn(perEpoch);
        int[] samples = new int[0];
        long saved = System.nanoTime();
        for (long step = from; step < steps; step++) {
            if (listener.cancelled()) {
                throw new AuditException(ErrorCode.CANCELLED, "cancelled");
            }
            int epoch = Math.toIntExact(step / perEpoch + 1);
            int at = (int) (step % perEpoch) * settings.batchSize();
            if (at == 0 || step == from) {
                samples = order.epoch(epoch);
            }
            int end = Math.min(samples.length, at + settings.batchSize());
            step(Arrays.copyOfRange(samples, at, end), step, epoch, steps);
            long done = step + 1;
            if (checkpoints.isPresent() && checkpoints.get().due(done, System.nanoTime() - saved)) {
                checkpoints.get().save(done, trainee.state());
                saved = System.nanoTime();
            }
        }
    }

    private void step(int[] samples, long step, int epoch, long steps) {
        seedEngine(settings.seed(), step);
        double factor = settings.schedule().factor(epoch, step);
        Map<String, Double> metrics = trainee.step(new Trainee.Step(samples, step, epoch, factor));
        metrics.forEach((name, value) -> requireFinite(name, value, step));
        listener.onStep(
                new TrainingStep(
                        "train",
                        epoch,
                        settings.length().epochsIn(perEpoch),
                        step + 1,
                        steps,
                        metrics));
    }

    private static void seedEngine(long seed, long step) {
        long mixed = new SplittableRandom(seed * 0x9e37_79b9L + step).nextLong();
        JniUtils.setSeed(mixed & Long.MAX_VALUE);
    }

    private static void requireFinite(String name, double value, long step) {
        if (!Double.isFinite(value)) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    name,
                    value + " at step " + step,
                    "finite; try a smaller learning_rate or lambda");
        }
    }
}
