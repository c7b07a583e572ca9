package org.plumbline.worker.request;

import ai.djl.Device;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.MeanLengths;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.proto.v1.AuditServiceGrpc.AuditServiceImplBase;
import org.plumbline.proto.v1.CavHyperParameter;
import org.plumbline.proto.v1.CheckFairwashingRequest;
import org.plumbline.proto.v1.CheckFairwashingResponse;
import org.plumbline.proto.v1.EvaluateRequest;
import org.plumbline.proto.v1.EvaluateResponse;
import org.plumbline.proto.v1.FitConceptRequest;
import org.plumbline.proto.v1.FitConceptResponse;
import org.plumbline.worker.correction.ConceptFitter;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.DatasetStore;
import org.plumbline.worker.evaluation.ConceptProbe;
import org.plumbline.worker.fairwashing.HonestyFindings;
import org.plumbline.worker.job.ArchiveProber;
import org.plumbline.worker.job.Assessor;
import org.plumbline.worker.job.JobFiles;
import org.plumbline.worker.job.ProbedAssessor;
import org.plumbline.worker.job.RepairRecipe;
import org.plumbline.worker.store.ArchiveStore;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Audits of uploaded archives over gRPC, one at a time: each holds a data set. Thread-safe. */
public final class AuditEndpoint extends AuditServiceImplBase {
    private final ArchiveStore archives;
    private final DatasetStore datasets;
    private final JobFiles files;
    private final Assessor assessor;
    private final ArchiveProber prober;
    private final Supplier<Device> device;
    private final Semaphore running = new Semaphore(1);

    /**
     * Makes the service.
     *
     * @param assessor measures uploaded archives
     * @param prober tries them first
     */
    public AuditEndpoint(
            ArchiveStore archives,
            DatasetStore datasets,
            JobFiles files,
            Assessor assessor,
            ArchiveProber prober,
            Supplier<Device> device) {
        this.archives = archives;
        this.datasets = datasets;
        this.files = files;
        this.assessor = new ProbedAssessor(assessor, prober);
        this.prober = prober;
        this.device = device;
    }

    @Override
    public void evaluate(EvaluateRequest request, StreamObserver<EvaluateResponse> response) {
        Calls.answer(
                response,
                () -> {
                    Path archive = archive(request.getArchiveSha256());
                    OptionalInt target =
                            request.hasTargetClass()
                                    ? OptionalInt.of(request.getTargetClass())
                                    : OptionalInt.empty();
                    RepairRecipe recipe =
                            recipe(request.getLayer(), request.getConcept(), target, Map.of());
                    return audit(
                            request.getDataset(),
                            recipe,
                            setting -> {
                                Optional<ConceptProbe> probe = assessor.probe(archive, setting);
                                return EvaluateResponse.newBuilder()
                                        .setEvaluation(
                                                Protos.evaluation(
                                                        assessor.assess(archive, probe, setting)
                                                                .report()))
                                        .build();
                            });
                });
    }

    @Override
    public void fitConcept(FitConceptRequest request, StreamObserver<FitConceptResponse> response) {
        Calls.answer(
                response,
                () -> {
                    checkFit(request);
                    OptionalInt target =
                            request.hasTargetClass()
                                    ? OptionalInt.of(request.getTargetClass())
                                    : OptionalInt.empty();
                    String cav =
                            request.getCav().isEmpty() ? CavKind.SIGNAL.label() : request.getCav();
                    String pooling = request.getPooling().isEmpty() ? "max" : request.getPooling();
                    RepairRecipe recipe =
                            recipe(
                                    request.getLayer(),
                                    request.getConcept(),
                                    target,
                                    Map.of("pooling", pooling, "cav", cav));
                    Path archive = archive(request.getArchiveSha256());
                    return audit(request.getDataset(), recipe, setting -> fit(archive, setting));
                });
    }

    @Override
    public void checkFairwashing(
            CheckFairwashingRequest request, StreamObserver<CheckFairwashingResponse> response) {
        var call = (ServerCallStreamObserver<CheckFairwashingResponse>) response;
        call.setOnCancelHandler(() -> {}); // the check asks its context
        Calls.answer(
                response,
                () -> {
                    HonestyRequest wanted = HonestyRequest.parse(request);
                    return CheckFairwashingResponse.newBuilder()
                            .setFindings(Protos.findings(alone(work -> check(wanted, work, call))))
                            .build();
                });
    }

    private HonestyFindings check(
            HonestyRequest request,
            Path work,
            ServerCallStreamObserver<CheckFairwashingResponse> call) {
        return new HonestyCall(archives, datasets, prober, device.get(), work, call).run(request);
    }

    private FitConceptResponse fit(Path archive, Assessor.Setting setting) {
        ConceptFitter.Fitted fitted = assessor.fit(archive, setting);
        LabelledActivations examples = fitted.examples();
        MeanLengths lengths = examples.meanLengths(fitted.fit().direction());
        FitConceptResponse.Builder message =
                FitConceptResponse.newBuilder()
                        .setPositives(examples.positives())
                        .setNegatives(examples.negatives())
                        .setNorm(fitted.fit().norm())
                        .setMeanLengthNegatives(lengths.clean())
                        .setMeanLengthPositives(lengths.artifact())
                        .setQuality(Protos.quality(quality(fitted)));
        fitted.fit()
                .parameter()
                .ifPresent(
                        parameter ->
                                message.setHyperParameter(
                                        CavHyperParameter.newBuilder()
                                                .setName(parameter.name())
                                                .setValue(parameter.value())));
        for (float component : fitted.fit().direction().toArray()) {
            message.addDirection(component);
        }
        return message.build();
    }

    private static CavQuality quality(ConceptFitter.Fitted fitted) {
        return CavQuality.of(fitted.examples(), fitted.fit(), QualityBounds.STANDARD);
    }

    private <T> T audit(String dataset, RepairRecipe recipe, Function<Assessor.Setting, T> work) {
        Path folder = datasets.files(DatasetStore.id(dataset));
        return alone(
                unit -> {
                    AuditDataset data = AuditDataset.load(folder);
                    Context call = Context.current();
                    return work.apply(
                            new Assessor.Setting(
                                    data, recipe, unit, device.get(), call::isCancelled));
                });
    }

    /** Runs one audit at a time, in a folder of its own. */
    private <T> T alone(Function<Path, T> work) {
        if (!running.tryAcquire()) {
            throw AuditException.of(
                    ErrorCode.RESOURCE_EXHAUSTED, "audits", "1 running", "none; try again later");
        }
        String unit = "audit-" + UUID.randomUUID();
        try {
            return work.apply(files.workFolder(unit));
        } finally {
            files.removeWorkFolder(unit);
            running.release();
        }
    }

    private Path archive(String sha256) {
        return archives.archive(Blobs.digest("archive_sha256", sha256));
    }

    private static RepairRecipe recipe(
            String layer, String concept, OptionalInt target, Map<String, String> parameters) {
        return RepairRecipe.of(
                "audit",
                parameters,
                Optional.of(layer).filter(s -> !s.isEmpty()).map(LayerPath::new),
                Optional.of(concept).filter(s -> !s.isEmpty()).map(ConceptId::new),
                target);
    }

    private static void checkFit(FitConceptRequest request) {
        if (!request.getCav().isEmpty()) {
            checked(request.getCav(), CavKind::parse);
        }
        if (!request.getPooling().isEmpty()) {
            checked(request.getPooling(), Pooling::ofChannels);
        }
        if (request.getLayer().isEmpty() || request.getConcept().isEmpty()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    request.getLayer().isEmpty() ? "layer" : "concept",
                    "missing",
                    "a value");
        }
    }

    private static void checked(String text, Consumer<String> parser) {
        try {
            parser.accept(text);
        } catch (IllegalArgumentException e) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }
}
