package org.plumbline.cli;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.Following;
import org.plumbline.cli.terminal.Jobs;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.GateMode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Uploads an archive and a data set and starts a correction. Confined to one thread. */
@Command(name = "submit", description = "Ask a worker to correct a model.")
final class SubmitCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();
    @Mixin private WorkerOption worker = new WorkerOption();

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive to correct.")
    private Path archive = Path.of("");

    @Option(names = "--data", required = true, description = "Audit data set folder.")
    private Path data = Path.of("");

    @Mixin private MethodChoice choice = new MethodChoice();

    @Option(
            names = "--model-name",
            description = "Name servers serve the model by (default: the file's name).")
    private Optional<String> modelName = Optional.empty();

    @Option(names = "--layer", description = "Dotted path of the probe layer.")
    private Optional<String> layer = Optional.empty();

    @Option(names = "--concept", description = "Concept: concept_<name>.npy of the data set.")
    private Optional<String> concept = Optional.empty();

    @Option(names = "--class", description = "Class the concept is measured on (default: all).")
    private Optional<Integer> target = Optional.empty();

    @Option(
            names = "--gate",
            defaultValue = "enforce",
            description = "enforce or report-only (default: ${DEFAULT-VALUE}).")
    private String gate = "enforce";

    @Option(
            names = "--request-id",
            description = "Repeating a call with the same id makes no second job.")
    private Optional<String> requestId = Optional.empty();

    @Option(names = "--validate-only", description = "Check everything, start nothing.")
    private boolean validateOnly;

    @Option(names = "--watch", description = "Follow the job to its end; exit 1 if not accepted.")
    private boolean watch;

    @Override
    public Integer call() throws IOException {
        GateMode mode = mode();
        try (WorkerClient client = worker.open()) {
            Progress progress = output.progress();
            progress.say("uploading " + archive);
            String digest = client.uploadArchive(archive);
            progress.say("uploading " + data);
            String dataset = "datasets/" + datasetId();
            client.uploadDataset(dataset, data);
            Correction job = client.create(request(digest, dataset, mode));
            if (watch && !validateOnly) {
                job = client.watch(job.getName(), new Following(progress));
            }
            output.result(Jobs.json(job));
            return Jobs.exitCode(job);
        }
    }

    private CreateCorrectionRequest request(String digest, String dataset, GateMode mode) {
        CorrectionSpec.Builder spec =
                CorrectionSpec.newBuilder()
                        .setModelName(modelName.orElseGet(this::fileName))
                        .setArchiveSha256(digest)
                        .setDataset(dataset)
                        .setMethod(choice.method())
                        .putAllParameters(choice.parameters())
                        .setGateMode(mode);
        layer.ifPresent(spec::setLayer);
        concept.ifPresent(spec::setConcept);
        target.ifPresent(spec::setTargetClass);
        return CreateCorrectionRequest.newBuilder()
                .setRequestId(requestId.orElseGet(() -> UUID.randomUUID().toString()))
                .setValidateOnly(validateOnly)
                .setSpec(spec)
                .build();
    }

    private GateMode mode() {
        return switch (gate) {
            case "enforce" -> GateMode.GATE_MODE_ENFORCE;
            case "report-only" -> GateMode.GATE_MODE_REPORT_ONLY;
            default ->
                    throw new IllegalArgumentException(
                            "gate: " + gate + " (expected: enforce or report-only)");
        };
    }

    private String fileName() {
        return archive.getFileName().toString().replaceFirst("\\.pt$", "");
    }

    /** The folder names the data set, its path tells folders of one name apart. */
    private String datasetId() {
        Path folder = data.toAbsolutePath().normalize();
        String name =
                folder.getFileName()
                        .toString()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9-]", "-");
        String place = Digest.of(folder.toString().getBytes(StandardCharsets.UTF_8)).brief();
        return name.substring(0, Math.min(name.length(), 40)) + "-" + place;
    }
}
