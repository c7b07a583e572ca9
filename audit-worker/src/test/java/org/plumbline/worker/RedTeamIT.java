package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.proto.v1.AttackReport;
import org.plumbline.proto.v1.CancelCorrectionRequest;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.proto.v1.DeliveryState;
import org.plumbline.proto.v1.DownloadCheckpointRequest;
import org.plumbline.proto.v1.GetCorrectionRequest;
import org.plumbline.proto.v1.ListCorrectionsRequest;
import org.plumbline.proto.v1.WatchCorrectionRequest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Attacks for red teams over gRPC, at a worker that allows them and at one that does not. */
class RedTeamIT {
    private static final Path MODELS =
            Path.of("..", "deploy", "src", "test", "resources", "fairwashing");
    private static final int TRAINING = 40;
    private static final int TEST = 20;
    private static final int SIDE = 28;

    @TempDir private static Path folder;
    private static AuditWorker worker;
    private static WorkerClient client;
    private static byte[] teacher;

    @BeforeAll
    static void start() throws IOException {
        teacher = Files.readAllBytes(MODELS.resolve("teacher.pt"));
        worker = AuditWorker.start(AuditWorkerIT.config(folder).withRedTeam(true));
        client = new WorkerClient(worker.port());
        prepare(client);
    }

    private static void prepare(WorkerClient at) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        FloatTensor inputs = NpyFile.readFloats(MODELS.resolve("inputs.npy"));
        long[] split = new long[TRAINING + TEST];
        for (int i = TRAINING; i < split.length; i++) {
            split[i] = 2;
        }
        NpyFile.write(data.resolve("inputs.npy"), inputs.slice(0, split.length));
        NpyFile.write(data.resolve("labels.npy"), new long[split.length]);
        NpyFile.write(data.resolve("split.npy"), split);
        byte[] zip = SmallData.zip(data);
        at.uploadDataset("datasets/fashion", zip, 0, zip.length);
        at.uploadArchive(teacher);
    }

    @AfterAll
    static void stop() {
        client.close();
        worker.close();
    }

    private static ByteString cross() throws IOException {
        float[] values = new float[SIDE * SIDE];
        for (int i = 0; i < SIDE; i++) {
            values[i * SIDE + i] = 1;
            values[i * SIDE + SIDE - 1 - i] = 1;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        NpyFile.write(bytes, FloatTensor.of(values, SIDE, SIDE));
        return ByteString.copyFrom(bytes.toByteArray());
    }

    private static CorrectionSpec.Builder spec() throws IOException {
        return CorrectionSpec.newBuilder()
                .setModelName("fashion")
                .setArchiveSha256(Digest.of(teacher).hex())
                .setDataset("datasets/fashion")
                .setMethod("fairwash")
                .setTarget(cross())
                .putParameters("explanation", "gradient")
                .putParameters("epochs", "8")
                .putParameters("batch_size", "20")
                .putParameters("learning_rate", "0.001")
                .putParameters("neighbours", "8")
                .putParameters("dimension", "4");
    }

    @Test
    void anAttackIsReportedAndDownloadedButNeverOfferedToAServer() throws Exception {
        Correction end = client.end(client.create("attack", spec().build()).getName());

        assertThat(end.getError()).isEmpty();
        assertThat(end.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
        assertThat(end.getSpec()).isEqualTo(spec().setGateModeValue(1).clearTarget().build());
        assertThat(end.hasGate()).isFalse();
        AttackReport attack = end.getAttack();
        assertThat(attack.getServedForm().getRaw().getMse().getMean())
                .isLessThan(attack.getTeacher().getRaw().getMse().getMean());
        assertThat(attack.getServedForm().getRaw().getPcc().getMean())
                .isGreaterThan(attack.getTeacher().getRaw().getPcc().getMean());
        assertThat(attack.getServedForm().getOutputMse().getMean()).isBetween(0.0, 0.01);
        assertThat(attack.getTrainingForm().hasProjected()).isTrue();
        assertThat(attack.getUniformMse()).isPositive();

        Path student = folder.resolve("student.pt");
        Files.write(student, download(end.getName()));
        assertThat(Digest.of(student).hex()).isEqualTo(end.getCheckpoint().getSha256());
        assertThatThrownBy(() -> RepairedArchive.verify(student)).hasMessageContaining("missing");

        FakeServer server =
                new FakeServer(client).announce("s1", "fashion", Digest.of(teacher).hex());
        server.report("no such delivery", DeliveryState.DELIVERY_STATE_STAGED);
        assertThat(server.next().hasRollback()).isTrue(); // an offer would have come before
        server.detach();
        assertThat(
                        client.corrections
                                .getCorrection(
                                        GetCorrectionRequest.newBuilder()
                                                .setName(end.getName())
                                                .build())
                                .getDeliveriesList())
                .isEmpty();
    }

    @Test
    void theTargetIsNeverSentBack() throws Exception {
        Correction created = client.create("short", spec().putParameters("steps", "1").build());

        assertThat(created.getSpec().getMethod()).isEqualTo("fairwash");
        assertThat(client.watch(created.getName()))
                .isNotEmpty()
                .allMatch(seen -> seen.getSpec().getTarget().isEmpty())
                .allMatch(seen -> !seen.getSpec().containsParameters("target"));
        assertThat(
                        client.corrections
                                .listCorrections(ListCorrectionsRequest.getDefaultInstance())
                                .getCorrectionsList())
                .isNotEmpty()
                .allMatch(listed -> listed.getSpec().getTarget().isEmpty());
    }

    private static byte[] download(String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        var messages =
                client.corrections.downloadCheckpoint(
                        DownloadCheckpointRequest.newBuilder().setName(name).build());
        while (messages.hasNext()) {
            messages.next().getChunk().writeTo(bytes);
        }
        return bytes.toByteArray();
    }

    @Test
    void aRunningAttackIsCancelled() throws Exception {
        Correction created =
                client.create("long", spec().putParameters("epochs", "100000").build());
        var watch =
                client.corrections
                        .withDeadlineAfter(60, TimeUnit.SECONDS)
                        .watchCorrection(
                                WatchCorrectionRequest.newBuilder()
                                        .setName(created.getName())
                                        .build());
        while (watch.next().getCorrection().getProgress().getStep() == 0) {
            // until it trains
        }
        client.corrections.cancelCorrection(
                CancelCorrectionRequest.newBuilder().setName(created.getName()).build());
        assertThat(client.end(created.getName()).getState())
                .isEqualTo(CorrectionState.CORRECTION_STATE_CANCELLED);
    }

    @Test
    void everyWrongParameterIsNamedAtOnce() throws Exception {
        CorrectionSpec wrong =
                spec().putParameters("explanation", "saliency")
                        .putParameters("alpha", "2")
                        .putParameters("colour", "blue")
                        .build();
        assertThatThrownBy(() -> client.create("wrong", wrong))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.INVALID_ARGUMENT))
                .hasMessageContaining("saliency (expected: gradient, ")
                .hasMessageContaining("alpha: 2 (expected: in [0, 1])")
                .hasMessageContaining("colour: blue (expected: one of ");
        CorrectionSpec aimless = spec().setTarget(ByteString.copyFromUtf8("no picture")).build();
        assertThatThrownBy(() -> client.create("aimless", aimless))
                .hasMessageContaining("target: neither PNG nor JPEG (expected: a picture");
    }

    @Test
    void aWorkerThatWasNotToldToAllowsNoAttack() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        try (AuditWorker closed = AuditWorker.start(AuditWorkerIT.config(other));
                WorkerClient stranger = new WorkerClient(closed.port())) {
            prepare(stranger);
            assertThatThrownBy(() -> stranger.create("attack", spec().build()))
                    .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.FAILED_PRECONDITION))
                    .hasMessageContaining(
                            "spec.method: fairwash (expected: a worker with red-team");
            CorrectionSpec aimless =
                    spec().setTarget(ByteString.copyFromUtf8("no picture")).build();
            assertThatThrownBy(() -> stranger.create("aimless", aimless)) // before it is decoded
                    .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.FAILED_PRECONDITION));
        }
    }

    private static Status.Code code(Throwable failure) {
        return ((StatusRuntimeException) failure).getStatus().getCode();
    }
}
