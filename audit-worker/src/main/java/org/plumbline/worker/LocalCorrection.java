package org.plumbline.worker;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.job.Repair;
import org.plumbline.worker.job.RepairListener;
import org.plumbline.worker.job.RepairOutcome;
import org.plumbline.worker.job.RepairProgress;
import org.plumbline.worker.job.RepairRecipe;
import org.plumbline.worker.job.RepairTask;
import org.plumbline.worker.job.RepairTools;
import org.plumbline.worker.store.Disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** One correction in this process, as a worker would run it. Thread-safe. */
public final class LocalCorrection {
    private LocalCorrection() {}

    /**
     * What to correct and how. Immutable.
     *
     * @param dataset folder of the audit data set
     * @param parameters of the method, by the names of the publications
     * @param output where the sealed archive appears when complete
     * @param reports folder for what the method found; empty: it is not written
     */
    public record Request(
            Path archive,
            Path dataset,
            String method,
            Map<String, String> parameters,
            Optional<LayerPath> layer,
            Optional<ConceptId> concept,
            OptionalInt targetClass,
            Path output,
            Optional<Path> reports) {
        /** Copies the parameters. */
        public Request {
            parameters = Map.copyOf(parameters);
        }

        /** Makes a request without reports. */
        public Request(
                Path archive,
                Path dataset,
                String method,
                Map<String, String> parameters,
                Optional<LayerPath> layer,
                Optional<ConceptId> concept,
                OptionalInt targetClass,
                Path output) {
            this(
                    archive,
                    dataset,
                    method,
                    parameters,
                    layer,
                    concept,
                    targetClass,
                    output,
                    Optional.empty());
        }
    }

    /**
     * Repairs, measures, gates and writes the sealed archive, whatever the gate says.
     *
     * @throws org.plumbline.core.error.AuditException with one clear line
     */
    public static RepairOutcome run(
            Request request,
            GateBounds bounds,
            DeviceChoice device,
            Consumer<RepairProgress> progress) {
        return run(request, bounds, device, progress, EngineTools.local());
    }

    static RepairOutcome run(
            Request request,
            GateBounds bounds,
            DeviceChoice device,
            Consumer<RepairProgress> progress,
            RepairTools tools) {
        Path work = workFolder(request.output());
        try {
            RepairTask task =
                    new RepairTask(
                            RepairRecipe.of(
                                    request.method(),
                                    request.parameters(),
                                    request.layer(),
                                    request.concept(),
                                    request.targetClass()),
                            request.archive(),
                            request.dataset(),
                            request.output(),
                            work,
                            device.device(),
                            request.reports(),
                            Optional.empty());
            return new Repair(tools, bounds).run(task, new Listener(progress));
        } finally {
            remove(work);
        }
    }

    /** Beside the output, so that the candidate is on the disk it must fit on. */
    private static Path workFolder(Path output) {
        Path parent = output.toAbsolutePath().getParent();
        try {
            Path folder = parent == null ? output.toAbsolutePath() : parent;
            return Files.createTempDirectory(Files.createDirectories(folder), ".correct-");
        } catch (IOException e) {
            throw Disk.failure("output", e);
        }
    }

    private static void remove(Path work) {
        try {
            Disk.delete(work);
        } catch (IOException e) {
            throw Disk.failure("work", e);
        }
    }

    private record Listener(Consumer<RepairProgress> progress) implements RepairListener {
        @Override
        public void onProgress(RepairProgress now) {
            progress.accept(now);
        }

        @Override
        public void onBefore(EvaluationReport report) {}

        @Override
        public void onWarning(String line) {} // the outcome has them

        @Override
        public boolean cancelled() {
            return Thread.currentThread().isInterrupted();
        }
    }
}
