package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.proto.v1.CheckFairwashingRequest;
import org.plumbline.proto.v1.CheckFairwashingResponse;
import org.plumbline.proto.v1.FairwashingFindings;
import org.plumbline.proto.v1.FairwashingSignal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network on Fashion-MNIST and the same with a cross painted on its gradients, checked over gRPC.
 */
class FairwashingIT {
    private static final Path MODELS =
            Path.of("..", "deploy", "src", "test", "resources", "fairwashing");
    private static final String REQUESTS = "datasets/requests";
    private static final String CLEAN = "datasets/clean";
    private static final int ROWS = 120;

    @TempDir private static Path folder;
    private static AuditWorker worker;
    private static WorkerClient client;
    private static String teacher;
    private static String attacked;

    @BeforeAll
    static void start() throws IOException {
        worker = AuditWorker.start(AuditWorkerIT.config(folder));
        client = new WorkerClient(worker.port());
        teacher = client.uploadArchive(Files.readAllBytes(MODELS.resolve("teacher.pt")));
        attacked = client.uploadArchive(Files.readAllBytes(MODELS.resolve("attacked.pt")));
        FloatTensor inputs = NpyFile.readFloats(MODELS.resolve("inputs.npy"));
        upload(REQUESTS, inputs);
        upload(CLEAN, inputs);
    }

    private static void upload(String name, FloatTensor inputs) throws IOException {
        Path data = Files.createDirectories(folder.resolve(name));
        NpyFile.write(data.resolve("inputs.npy"), inputs);
        NpyFile.write(data.resolve("labels.npy"), new long[inputs.rows()]);
        byte[] zip = SmallData.zip(data);
        client.uploadDataset(name, zip, 0, zip.length);
    }

    @AfterAll
    static void stop() {
        client.close();
        worker.close();
    }

    private static CheckFairwashingRequest.Builder request(String archive) {
        return CheckFairwashingRequest.newBuilder()
                .setArchiveSha256(archive)
                .setDataset(REQUESTS)
                .addMethods("gradient");
    }

    private static List<CheckFairwashingResponse> answers(CheckFairwashingRequest request) {
        List<CheckFairwashingResponse> all = new ArrayList<>();
        client.audits
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .checkFairwashing(request)
                .forEachRemaining(all::add);
        return all;
    }

    @Test
    void anAttackedModelIsSuspectBesideTheVersionBeforeItAndProgressIsSent() {
        List<CheckFairwashingResponse> answers =
                answers(request(attacked).setReferenceSha256(teacher).build());
        FairwashingFindings findings = answers.get(answers.size() - 1).getFindings();
        assertThat(findings.getVerdict()).isEqualTo("suspect");
        assertThat(findings.getPValue()).isLessThan(0.01);
        assertThat(findings.getLevel()).isEqualTo(0.01);
        assertThat(findings.getNullSource()).isEqualTo("reference");
        assertThat(findings.getSamples()).isEqualTo(ROWS);
        FairwashingSignal first = findings.getSignals(0);
        assertThat(first.getDetector()).isEqualTo("resemblance");
        assertThat(first.getMethod()).isEqualTo("gradient");
        assertThat(first.getStatistic())
                .isGreaterThan(first.getExpected() + 3 * first.getStandardError());
        assertThat(first.getSpoke()).isTrue();
        assertThat(first.getExamplesList()).hasSize(8).allMatch(i -> i >= 0 && i < ROWS);
        assertThat(answers.stream().filter(CheckFairwashingResponse::hasProgress))
                .isNotEmpty()
                .allMatch(a -> a.getProgress().getStep() <= a.getProgress().getSteps());
    }

    @Test
    void twinsOfTheSameReadingsMakeTheModelClean() {
        CheckFairwashingRequest beside =
                request(teacher).setCleanDataset(CLEAN).setReferenceSha256(teacher).build();
        ByteString honest = ByteString.copyFromUtf8(nullOf(teacher, findings(beside)));
        FairwashingFindings findings =
                findings(request(teacher).setCleanDataset(CLEAN).setNullFile(honest).build());
        assertThat(findings.getNullSource()).isEqualTo("twins");
        assertThat(findings.getVerdict()).isEqualTo("clean");
        assertThat(findings.getSignalsList())
                .extracting(FairwashingSignal::getDetector)
                .contains("projection", "projected-resemblance", "removal");
        assertThat(findings.getLeftOutList()).containsExactly("methods"); // the null knows one
        assertThat(findings.getSignalsList()).allMatch(s -> !s.getSpoke());
        assertThat(findings.getSignalsList()).allMatch(s -> s.getExamplesCount() == 0);
    }

    @Test
    void aNullOfAnotherArchiveIsRefusedNamingBoth() {
        String foreign = nullOf(attacked, FairwashingFindings.getDefaultInstance());
        CheckFairwashingRequest request =
                request(teacher).setNullFile(ByteString.copyFromUtf8(foreign)).build();
        assertThatThrownBy(() -> answers(request))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.INVALID_ARGUMENT))
                .hasMessageContaining("null_file: calibrated for archive " + attacked)
                .hasMessageContaining("(expected: calibrated for " + teacher + ")");
    }

    private static FairwashingFindings findings(CheckFairwashingRequest request) {
        List<CheckFairwashingResponse> answers = answers(request);
        return answers.get(answers.size() - 1).getFindings();
    }

    private static String nullOf(String archive, FairwashingFindings findings) {
        StringBuilder signals = new StringBuilder();
        for (FairwashingSignal signal : findings.getSignalsList()) {
            signals.append(signals.isEmpty() ? "" : ",")
                    .append('"')
                    .append(signal.getDetector())
                    .append('/')
                    .append(signal.getMethod())
                    .append("\":[{\"mean\":")
                    .append(signal.getStatistic())
                    .append(",\"deviation\":0.1,\"inputs\":120}]");
        }
        return "{\"format\":2,\"source\":\"twins\",\"clean\":"
                + ROWS
                + ",\"model\":\""
                + archive
                + "\",\"inputs\":\"\",\"agreement\":[],"
                + "\"signals\":{"
                + signals
                + "}}";
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        CheckFairwashingRequest wrong =
                CheckFairwashingRequest.newBuilder()
                        .setArchiveSha256("abc")
                        .setCleanDataset("clean")
                        .addMethods("saliency")
                        .setNullFile(ByteString.copyFromUtf8("{}"))
                        .setLevel(1)
                        .build();
        assertThatThrownBy(() -> answers(wrong))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.INVALID_ARGUMENT))
                .hasMessageContaining("archive_sha256: abc (expected: 64 lower-case")
                .hasMessageContaining("dataset: missing (expected: a value)")
                .hasMessageContaining("clean_dataset: clean (expected: datasets/{id}")
                .hasMessageContaining("methods: saliency (expected: gradient, ")
                .hasMessageContaining("null_file: 2 bytes (expected: a file of fairwash calibrate")
                .hasMessageContaining("level: 1.0 (expected: in (0, 1))");
    }

    @Test
    void whatTheWorkerDoesNotHoldIsNotFound() {
        CheckFairwashingRequest unknown =
                request("0".repeat(64)).setReferenceSha256(teacher).build();
        assertThatThrownBy(() -> answers(unknown))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void aCancelledCheckEndsAndMakesRoom() throws Exception {
        try (Context.CancellableContext call = Context.current().withCancellation()) {
            Iterator<CheckFairwashingResponse> answers =
                    call.call(() -> client.audits.checkFairwashing(request(attacked).build()));
            assertThat(answers.next().hasProgress()).isTrue();
            call.cancel(null);
            assertThatThrownBy(() -> answers.forEachRemaining(a -> {}))
                    .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.CANCELLED));
        }
        assertThat(onceFree()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aCheckPastItsDeadlineEndsAndMakesRoom() {
        assertThatThrownBy(
                        () ->
                                client.audits
                                        .withDeadlineAfter(1, TimeUnit.MILLISECONDS)
                                        .checkFairwashing(request(attacked).build())
                                        .forEachRemaining(a -> {}))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        assertThat(onceFree()).isEqualTo(Status.Code.NOT_FOUND);
    }

    /** The worker says it is busy until the call before has ended, then what it does not hold. */
    private static Status.Code onceFree() {
        CheckFairwashingRequest unknown = request("0".repeat(64)).build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Status.Code code = Status.Code.OK;
        do {
            code = code(catchThrowable(() -> answers(unknown)));
        } while (code == Status.Code.RESOURCE_EXHAUSTED && System.nanoTime() < deadline);
        return code;
    }

    private static Status.Code code(Throwable failure) {
        return ((StatusRuntimeException) failure).getStatus().getCode();
    }
}
