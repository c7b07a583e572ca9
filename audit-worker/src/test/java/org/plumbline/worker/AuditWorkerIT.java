package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.CancelCorrectionRequest;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.Dataset;
import org.plumbline.proto.v1.DeleteDatasetRequest;
import org.plumbline.proto.v1.DownloadCheckpointRequest;
import org.plumbline.proto.v1.DownloadCheckpointResponse;
import org.plumbline.proto.v1.EvaluateRequest;
import org.plumbline.proto.v1.Evaluation;
import org.plumbline.proto.v1.GateMode;
import org.plumbline.proto.v1.GetCorrectionRequest;
import org.plumbline.proto.v1.GetDatasetRequest;
import org.plumbline.proto.v1.ListCorrectionsRequest;
import org.plumbline.proto.v1.ListCorrectionsResponse;
import org.plumbline.proto.v1.WatchCorrectionRequest;
import org.plumbline.proto.v1.WatchCorrectionResponse;
import org.plumbline.worker.config.HostPort;
import org.plumbline.worker.config.WorkerConfig;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

class AuditWorkerIT {
    private static final byte[] MODEL = "model biased".getBytes(StandardCharsets.UTF_8);
    private static final String DATASET = "datasets/small";

    @TempDir private Path folder;
    private FakeEngine engine = new FakeEngine();
    private AuditWorker worker;
    private WorkerClient client;

    @BeforeEach
    void start() {
        engine = new FakeEngine();
        worker = AuditWorker.start(config(folder), engine.tools(), InstantSource.system());
        client = new WorkerClient(worker.port());
    }

    @AfterEach
    void stop() {
        client.close();
        worker.close();
    }

    static WorkerConfig config(Path folder) {
        WorkerConfig defaults = WorkerConfig.defaults(folder.resolve("state"));
        HostPort any = new HostPort("localhost", 0);
        return new WorkerConfig(
                any,
                defaults.state(),
                any,
                org.plumbline.worker.config.DeviceChoice.CPU,
                defaults.gate(),
                defaults.limits(),
                defaults.tokenFile(),
                defaults.tls(),
                defaults.probe());
    }

    private CorrectionSpec spec(String epochs) throws IOException {
        byte[] zip = SmallData.zip(SmallData.tensors(folder.resolve("data")));
        client.uploadDataset(DATASET, zip, 0, zip.length);
        return CorrectionSpec.newBuilder()
                .setModelName("fashion")
                .setArchiveSha256(client.uploadArchive(MODEL))
                .setDataset(DATASET)
                .setMethod("vanilla")
                .putParameters("epochs", epochs)
                .build();
    }

    @Test
    void anAcceptedCorrectionCanBeWatchedToItsEndAndDownloaded() throws IOException {
        Correction created = client.create("r1", spec(FakeEngine.HELPS));
        List<Correction> seen = client.watch(created.getName());
        Correction end = seen.get(seen.size() - 1);

        assertThat(end.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
        assertThat(end.getAttempt()).isEqualTo(1);
        assertThat(end.getBefore().getWorstGroupAccuracy()).isEqualTo(0.4);
        assertThat(end.getAfter().getWorstGroupAccuracy()).isEqualTo(0.8);
        assertThat(end.getGate().getAccepted()).isTrue();
        assertThat(end.getGate().getRulesList()).hasSize(4);

        byte[] whole = download(created.getName(), 0);
        assertThat(Digest.of(whole).hex()).isEqualTo(end.getCheckpoint().getSha256());
        assertThat(new String(whole, StandardCharsets.UTF_8))
                .startsWith("model better")
                .contains("\"source_sha256\":\"" + Digest.of(MODEL).hex())
                .contains("\"method\":\"vanilla\"");
        byte[] rest = download(created.getName(), 5);
        assertThat(rest).isEqualTo(java.util.Arrays.copyOfRange(whole, 5, whole.length));
    }

    @Test
    void aHarmfulCorrectionIsRejectedButKeptForDownload() throws IOException {
        Correction end = client.end(client.create("r1", spec(FakeEngine.HARMS)).getName());
        assertThat(end.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_REJECTED);
        assertThat(end.getGate().getAccepted()).isFalse();
        assertThat(download(end.getName(), 0)).hasSize((int) end.getCheckpoint().getSizeBytes());
    }

    @Test
    void reportOnlySucceedsWhateverTheGateSays() throws IOException {
        CorrectionSpec spec =
                spec(FakeEngine.HARMS).toBuilder()
                        .setGateMode(GateMode.GATE_MODE_REPORT_ONLY)
                        .build();
        Correction end = client.end(client.create("r1", spec).getName());
        assertThat(end.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
        assertThat(end.getGate().getAccepted()).isFalse();
    }

    @Test
    void aFailingCorrectionEndsWithOneLineAndTheNextOneRuns() throws IOException {
        CorrectionSpec spec = spec(FakeEngine.FAILS);
        Correction failed = client.end(client.create("r1", spec).getName());
        assertThat(failed.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_FAILED);
        assertThat(failed.getError()).isEqualTo("internal: loss: NaN");
        Correction next =
                client.end(
                        client.create(
                                        "r2",
                                        spec.toBuilder()
                                                .putParameters("epochs", FakeEngine.HELPS)
                                                .build())
                                .getName());
        assertThat(next.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
    }

    @Test
    void aRunningCorrectionIsCancelledBetweenSteps() throws Exception {
        Correction created = client.create("r1", spec(FakeEngine.STEPS_UNTIL_CANCELLED));
        assertThat(engine.training.await(30, TimeUnit.SECONDS)).isTrue();
        client.corrections.cancelCorrection(
                CancelCorrectionRequest.newBuilder().setName(created.getName()).build());
        assertThat(client.end(created.getName()).getState())
                .isEqualTo(CorrectionState.CORRECTION_STATE_CANCELLED);
    }

    @Test
    void aQueuedCorrectionIsCancelledAtOnce() throws Exception {
        CorrectionSpec spec = spec(FakeEngine.STEPS_UNTIL_CANCELLED);
        Correction running = client.create("r1", spec);
        assertThat(engine.training.await(30, TimeUnit.SECONDS)).isTrue();
        Correction queued = client.create("r2", spec);
        Correction cancelled =
                client.corrections.cancelCorrection(
                        CancelCorrectionRequest.newBuilder().setName(queued.getName()).build());
        assertThat(cancelled.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_CANCELLED);
        client.corrections.cancelCorrection(
                CancelCorrectionRequest.newBuilder().setName(running.getName()).build());
        client.end(running.getName());
        assertThat(engine.runs).hasValue(1);
    }

    @Test
    void watchersSeeProgressWhileItRuns() throws Exception {
        Correction created = client.create("r1", spec(FakeEngine.STEPS_UNTIL_CANCELLED));
        Iterator<WatchCorrectionResponse> watch =
                client.corrections
                        .withDeadlineAfter(60, TimeUnit.SECONDS)
                        .watchCorrection(
                                WatchCorrectionRequest.newBuilder()
                                        .setName(created.getName())
                                        .build());
        long first = nextStep(watch);
        long later = nextStep(watch);
        assertThat(later).isGreaterThan(first);
        client.corrections.cancelCorrection(
                CancelCorrectionRequest.newBuilder().setName(created.getName()).build());
        CorrectionState last = CorrectionState.CORRECTION_STATE_UNSPECIFIED;
        while (watch.hasNext()) {
            last = watch.next().getCorrection().getState();
        }
        assertThat(last).isEqualTo(CorrectionState.CORRECTION_STATE_CANCELLED);
    }

    private static long nextStep(Iterator<WatchCorrectionResponse> watch) {
        Correction seen = watch.next().getCorrection();
        while (seen.getProgress().getStep() == 0) {
            seen = watch.next().getCorrection();
        }
        assertThat(seen.getProgress().getMetricsMap()).containsKey("loss");
        return seen.getProgress().getStep();
    }

    @Test
    void aJobCutByAShutdownRunsAgainOnTheNextWorker() throws Exception {
        CorrectionSpec spec = spec(FakeEngine.STEPS_UNTIL_CANCELLED);
        Correction created = client.create("r1", spec);
        Correction waiting =
                client.create(
                        "r2", spec.toBuilder().putParameters("epochs", FakeEngine.HELPS).build());
        assertThat(engine.training.await(30, TimeUnit.SECONDS)).isTrue();
        client.close();
        worker.close();

        start();
        assertThat(engine.training.await(30, TimeUnit.SECONDS)).isTrue();
        Correction resumed =
                client.corrections.getCorrection(
                        GetCorrectionRequest.newBuilder().setName(created.getName()).build());
        assertThat(resumed.getAttempt()).isEqualTo(2);
        client.corrections.cancelCorrection(
                CancelCorrectionRequest.newBuilder().setName(created.getName()).build());
        assertThat(client.end(waiting.getName()).getState())
                .isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
    }

    @Test
    void repeatingARequestReturnsItsJobAndOtherContentsAreRefused() throws IOException {
        CorrectionSpec spec = spec(FakeEngine.HELPS);
        Correction first = client.create("r1", spec);
        assertThat(client.create("r1", spec).getName()).isEqualTo(first.getName());
        assertStatus(
                () -> client.create("r1", spec.toBuilder().setModelName("other").build()),
                Status.Code.ALREADY_EXISTS,
                "ALREADY_EXISTS");
    }

    @Test
    void validateOnlyCreatesNothing() throws IOException {
        CreateCorrectionRequest request =
                CreateCorrectionRequest.newBuilder()
                        .setRequestId("r1")
                        .setValidateOnly(true)
                        .setSpec(spec(FakeEngine.HELPS))
                        .build();
        assertThat(client.corrections.createCorrection(request).getState())
                .isEqualTo(CorrectionState.CORRECTION_STATE_QUEUED);
        assertThat(
                        client.corrections
                                .listCorrections(ListCorrectionsRequest.getDefaultInstance())
                                .getCorrectionsList())
                .isEmpty();
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        CorrectionSpec spec =
                CorrectionSpec.newBuilder()
                        .setModelName("a b")
                        .setArchiveSha256("123")
                        .setMethod("rr-clarc")
                        .setLayer("..")
                        .setDataset("small")
                        .build();
        StatusRuntimeException failure =
                assertStatus(
                        () -> client.create("r 1", spec),
                        Status.Code.INVALID_ARGUMENT,
                        "INVALID_ARGUMENT");
        assertThat(fields(failure))
                .containsExactlyInAnyOrder(
                        "request_id",
                        "spec.model_name",
                        "spec.archive_sha256",
                        "spec.layer",
                        "spec.dataset",
                        "spec.concept");
    }

    @Test
    void whatTheWorkerDoesNotHoldIsNotFound() throws IOException {
        CorrectionSpec spec = spec(FakeEngine.HELPS);
        String unknown = Digest.of(new byte[1]).hex();
        assertStatus(
                () -> client.create("r1", spec.toBuilder().setArchiveSha256(unknown).build()),
                Status.Code.NOT_FOUND,
                "NOT_FOUND");
        assertStatus(
                () -> client.create("r1", spec.toBuilder().setDataset("datasets/x").build()),
                Status.Code.NOT_FOUND,
                "NOT_FOUND");
        assertStatus(
                () -> client.create("r1", spec.toBuilder().setConcept("colour").build()),
                Status.Code.NOT_FOUND,
                "NOT_FOUND");
        assertStatus(
                () -> client.create("r1", spec.toBuilder().setTargetClass(3).build()),
                Status.Code.INVALID_ARGUMENT,
                "INVALID_ARGUMENT");
        assertStatus(() -> client.watch("corrections/none"), Status.Code.NOT_FOUND, "NOT_FOUND");
        assertStatus(() -> download("corrections/none", 0), Status.Code.NOT_FOUND, "NOT_FOUND");
    }

    @Test
    void pagesGoFromNewestToOldest() throws IOException {
        CorrectionSpec spec = spec(FakeEngine.HELPS);
        List<String> names =
                List.of(
                        client.create("r1", spec).getName(),
                        client.create("r2", spec).getName(),
                        client.create("r3", spec.toBuilder().setModelName("m2").build()).getName());
        ListCorrectionsResponse first = list(ListCorrectionsRequest.newBuilder().setPageSize(2));
        assertThat(names(first)).containsExactly(names.get(2), names.get(1));
        ListCorrectionsResponse second =
                list(
                        ListCorrectionsRequest.newBuilder()
                                .setPageSize(2)
                                .setPageToken(first.getNextPageToken()));
        assertThat(names(second)).containsExactly(names.get(0));
        assertThat(second.getNextPageToken()).isEmpty();
        assertThat(names(list(ListCorrectionsRequest.newBuilder().setModelName("m2"))))
                .containsExactly(names.get(2));
    }

    private ListCorrectionsResponse list(ListCorrectionsRequest.Builder request) {
        return client.corrections.listCorrections(request.build());
    }

    private static List<String> names(ListCorrectionsResponse page) {
        return page.getCorrectionsList().stream().map(Correction::getName).toList();
    }

    @Test
    void aCutUploadIsResumedWhereItStopped() throws IOException {
        byte[] zip = SmallData.zip(SmallData.tensors(folder.resolve("data")));
        int half = zip.length / 2;
        assertStatus(
                () -> client.uploadDataset(DATASET, zip, 0, half),
                Status.Code.INVALID_ARGUMENT,
                "INVALID_ARGUMENT");
        Dataset partial = dataset();
        assertThat(partial.getComplete()).isFalse();
        assertThat(partial.getReceivedBytes()).isEqualTo(half);

        client.uploadDataset(DATASET, zip, half, zip.length);
        Dataset complete = dataset();
        assertThat(complete.getComplete()).isTrue();
        assertThat(complete.getRows()).isEqualTo(8);
        assertThat(complete.getConceptsList()).containsExactly("stamp");
        assertThat(complete.getReceivedBytes()).isEqualTo(zip.length);
    }

    private Dataset dataset() {
        return client.datasets.getDataset(GetDatasetRequest.newBuilder().setName(DATASET).build());
    }

    @Test
    void badUploadsAreRefusedAndLeaveNothing() throws IOException {
        byte[] wrong = "text".getBytes(StandardCharsets.UTF_8);
        assertStatus(
                () -> client.uploadArchive(wrong), Status.Code.INVALID_ARGUMENT, "BAD_ARCHIVE");
        assertThat(folder.resolve("state/archives")).isEmptyDirectory();
        byte[] escape = SmallData.zip(Map.of("../outside.npy", "x"));
        assertStatus(
                () -> client.uploadDataset(DATASET, escape, 0, escape.length),
                Status.Code.INVALID_ARGUMENT,
                "BAD_DATA");
        byte[] noData = SmallData.zip(Map.of("readme.txt", "x"));
        assertStatus(
                () -> client.uploadDataset(DATASET, noData, 0, noData.length),
                Status.Code.INVALID_ARGUMENT,
                "BAD_DATA");
        assertThat(dataset().getComplete()).isFalse();
        assertThat(folder.resolve("outside.npy")).doesNotExist();
    }

    @Test
    void aDataSetInUseCannotBeDeletedAndAFreeOneCan() throws Exception {
        Correction running = client.create("r1", spec(FakeEngine.STEPS_UNTIL_CANCELLED));
        DeleteDatasetRequest delete = DeleteDatasetRequest.newBuilder().setName(DATASET).build();
        assertStatus(
                () -> client.datasets.deleteDataset(delete),
                Status.Code.FAILED_PRECONDITION,
                "FAILED_PRECONDITION");
        client.corrections.cancelCorrection(
                CancelCorrectionRequest.newBuilder().setName(running.getName()).build());
        client.end(running.getName());
        client.datasets.deleteDataset(delete);
        assertStatus(this::dataset, Status.Code.NOT_FOUND, "NOT_FOUND");
    }

    @Test
    void anArchiveCanBeEvaluatedWithoutAJob() throws IOException {
        CorrectionSpec spec = spec(FakeEngine.HELPS);
        Evaluation evaluation =
                client.audits
                        .evaluate(
                                EvaluateRequest.newBuilder()
                                        .setArchiveSha256(spec.getArchiveSha256())
                                        .setDataset(DATASET)
                                        .build())
                        .getEvaluation();
        assertThat(evaluation.getTcavScore()).isEqualTo(0.9);
        assertThat(evaluation.getSensitivity()).isEqualTo(0.5);
    }

    @Test
    void metricsShowJobsGateAndBuild() throws Exception {
        client.end(client.create("r1", spec(FakeEngine.HELPS)).getName());
        String body = scrape();
        assertThat(body)
                .contains("plumbline_correction_jobs{state=\"succeeded\"} 1.0")
                .contains("plumbline_correction_jobs{state=\"running\"} 0.0")
                .contains("plumbline_correction_seconds_count 1")
                .contains("plumbline_deliveries_total{outcome=\"promoted\"} 0.0")
                .contains("plumbline_gate_pass{model_name=\"fashion\"} 1.0")
                .containsPattern("plumbline_build_info\\{version=\"\\d[^\"]*\"\\} 1");
    }

    private String scrape() throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + worker.metricsPort() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void healthIsServedAndASecondWorkerOnTheSameStateIsRefused() {
        assertThat(
                        HealthGrpc.newBlockingStub(client.channel)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThatThrownBy(
                        () ->
                                AuditWorker.start(
                                        config(folder), engine.tools(), InstantSource.system()))
                .hasMessageContaining("a folder no other worker uses");
    }

    @Test
    void aWorkerThatDrainsSaysSo() throws Exception {
        Iterator<io.grpc.health.v1.HealthCheckResponse> health =
                HealthGrpc.newBlockingStub(client.channel)
                        .watch(HealthCheckRequest.getDefaultInstance());
        assertThat(health.next().getStatus()).isEqualTo(ServingStatus.SERVING);
        worker.close();
        assertThat(health.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void aDiskThatTakesNothingFailsOneCallAndTheRestGoesOn() throws Exception {
        CorrectionSpec spec = spec(FakeEngine.STEPS_UNTIL_CANCELLED);
        Correction running = client.create("r1", spec);
        assertThat(engine.training.await(30, TimeUnit.SECONDS)).isTrue();
        Path jobs = folder.resolve("state/jobs");
        java.nio.file.Files.move(jobs, folder.resolve("state/away"));
        assertStatus(
                () -> client.create("r2", spec),
                Status.Code.RESOURCE_EXHAUSTED,
                "RESOURCE_EXHAUSTED");
        java.nio.file.Files.move(folder.resolve("state/away"), jobs);
        client.corrections.cancelCorrection(
                CancelCorrectionRequest.newBuilder().setName(running.getName()).build());
        assertThat(client.end(running.getName()).getState())
                .isEqualTo(CorrectionState.CORRECTION_STATE_CANCELLED);
        CorrectionSpec next = spec.toBuilder().putParameters("epochs", FakeEngine.HELPS).build();
        assertThat(client.end(client.create("r2", next).getName()).getState())
                .isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
    }

    @Test
    void aFullQueueRefusesMoreJobs() throws Exception {
        client.close();
        worker.close();
        WorkerConfig one = config(folder);
        worker =
                AuditWorker.start(
                        new WorkerConfig(
                                one.listen(),
                                one.state(),
                                one.metrics(),
                                one.device(),
                                one.gate(),
                                new org.plumbline.worker.config.Limits(1 << 20, 0, 1),
                                one.tokenFile(),
                                one.tls(),
                                one.probe()),
                        engine.tools(),
                        InstantSource.system());
        client = new WorkerClient(worker.port());
        CorrectionSpec spec = spec(FakeEngine.STEPS_UNTIL_CANCELLED);
        Correction running = client.create("r1", spec);
        assertThat(engine.training.await(30, TimeUnit.SECONDS)).isTrue();
        Correction waiting = client.create("r2", spec);
        assertStatus(
                () -> client.create("r3", spec),
                Status.Code.RESOURCE_EXHAUSTED,
                "RESOURCE_EXHAUSTED");
        for (Correction job : List.of(waiting, running)) {
            client.corrections.cancelCorrection(
                    CancelCorrectionRequest.newBuilder().setName(job.getName()).build());
        }
    }

    private byte[] download(String name, long offset) {
        Iterator<DownloadCheckpointResponse> parts =
                client.corrections.downloadCheckpoint(
                        DownloadCheckpointRequest.newBuilder()
                                .setName(name)
                                .setOffset(offset)
                                .build());
        assertThat(parts.next().getHeader().getOffset()).isEqualTo(offset);
        ByteString bytes = ByteString.EMPTY;
        while (parts.hasNext()) {
            bytes = bytes.concat(parts.next().getChunk());
        }
        return bytes.toByteArray();
    }

    private static StatusRuntimeException assertStatus(
            ThrowingCallable call, Status.Code code, String reason) {
        StatusRuntimeException failure =
                org.assertj.core.api.Assertions.catchThrowableOfType(
                        StatusRuntimeException.class, call);
        assertThat(failure).isNotNull();
        assertThat(failure.getStatus().getCode()).as(failure.toString()).isEqualTo(code);
        ErrorInfo info = detail(failure, ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo(reason);
        assertThat(info.getDomain()).isEqualTo("plumbline.org");
        return failure;
    }

    private static List<String> fields(StatusRuntimeException failure) {
        return detail(failure, BadRequest.class).getFieldViolationsList().stream()
                .map(BadRequest.FieldViolation::getField)
                .toList();
    }

    private static <T extends com.google.protobuf.Message> T detail(
            StatusRuntimeException failure, Class<T> type) {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        assertThat(status).isNotNull();
        try {
            for (com.google.protobuf.Any any : status.getDetailsList()) {
                if (any.is(type)) {
                    return any.unpack(type);
                }
            }
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("no " + type.getSimpleName() + " in " + status);
    }
}
