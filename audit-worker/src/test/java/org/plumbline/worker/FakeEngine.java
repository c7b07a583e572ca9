package org.plumbline.worker;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.worker.correction.ConceptFitter;
import org.plumbline.worker.correction.CorrectionTask;
import org.plumbline.worker.evaluation.Assessment;
import org.plumbline.worker.evaluation.ConceptProbe;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.job.Assessor;
import org.plumbline.worker.job.RepairTools;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Repairs without an engine: an archive is text that says how good it is. The number of epochs
 * decides: see the constants.
 */
final class FakeEngine {
    static final String HELPS = "1";
    static final String HARMS = "2";
    static final String FAILS = "3";
    static final String STEPS_UNTIL_CANCELLED = "4";

    static final String HELPS_OTHERWISE = "5";

    private static final long PATIENCE_SECONDS = 30;

    final CountDownLatch training = new CountDownLatch(1);
    final AtomicInteger runs = new AtomicInteger();

    RepairTools tools() {
        return new RepairTools(
                FakeEngine::check,
                (archive, setting) -> {},
                new Numbers(),
                this::train,
                FakeEngine::seal,
                () -> Map.of("plumbline", "test"));
    }

    private static void check(Path archive) {
        if (!text(archive).startsWith("model")) {
            throw AuditException.of(ErrorCode.BAD_ARCHIVE, "archive", "text", "a model");
        }
    }

    private List<String> train(CorrectionTask task, TrainingListener listener) {
        runs.incrementAndGet();
        training.countDown();
        String behaviour = String.valueOf(task.correction().parameters().get("epochs"));
        switch (behaviour) {
            case FAILS -> throw new IllegalStateException("loss: NaN");
            case STEPS_UNTIL_CANCELLED -> stepUntilCancelled(listener);
            default -> listener.onStep(step(1));
        }
        boolean harms = behaviour.equals(HARMS);
        write(task.output(), harms ? "model worse" : "model better");
        return List.of("classifier.weight");
    }

    private static void stepUntilCancelled(TrainingListener listener) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (long step = 1; System.nanoTime() < deadline; step++) {
            listener.onStep(step(step));
            if (listener.cancelled()) {
                throw new AuditException(ErrorCode.CANCELLED, "training: cancelled");
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("never cancelled");
    }

    private static TrainingStep step(long step) {
        return new TrainingStep("train", 1, 2, step, 1L << 40, Map.of("loss", 1.0 / step));
    }

    private static void seal(Path candidate, ObjectNode manifest, Path out) {
        write(out, text(candidate) + "\n" + manifest);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static EvaluationReport report(double clean, double worst, double tcav, double sensitivity) {
        return new EvaluationReport(
                4,
                clean,
                0.1,
                OptionalDouble.of(clean),
                OptionalDouble.of(worst),
                OptionalDouble.of(worst),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                List.of(),
                Optional.of(new TcavMetrics(tcav, 0.1, tcav, 0.1, sensitivity, 0.1, 3, 1, 0)),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private static final class Numbers implements Assessor {
        @Override
        public Optional<ConceptProbe> probe(Path archive, Setting setting) {
            return Optional.empty();
        }

        @Override
        public ConceptFitter.Fitted fit(Path archive, Setting setting) {
            throw AuditException.of(ErrorCode.BAD_DATA, "concept", "text", "activations");
        }

        @Override
        public Assessment assess(Path archive, Optional<ConceptProbe> probe, Setting setting) {
            EvaluationReport numbers =
                    switch (text(archive).lines().findFirst().orElse("")) {
                        case "model better" -> report(0.9, 0.8, 0.6, 0.1);
                        case "model worse" -> report(0.5, 0.1, 0.9, 0.9);
                        default -> report(0.9, 0.4, 0.9, 0.5);
                    };
            return Assessment.of(numbers);
        }
    }
}
