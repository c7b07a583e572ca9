package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.proto.v1.CancelCorrectionRequest;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.proto.v1.GetCorrectionRequest;
import org.plumbline.proto.v1.WatchCorrectionRequest;
import org.plumbline.proto.v1.WatchCorrectionResponse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

class KilledWorkerIT {
    @TempDir private Path folder;

    @Test
    void nothingIsLostWhenTheProcessIsKilledInTheMiddleOfTraining() throws Exception {
        String running;
        String waiting;
        try (ForkedWorker killed = ForkedWorker.start(folder);
                WorkerClient client = new WorkerClient(killed.port())) {
            byte[] zip = SmallData.zip(SmallData.tensors(folder.resolve("data")));
            client.uploadDataset("datasets/small", zip, 0, zip.length);
            CorrectionSpec spec =
                    CorrectionSpec.newBuilder()
                            .setModelName("fashion")
                            .setArchiveSha256(
                                    client.uploadArchive(
                                            "model biased".getBytes(StandardCharsets.UTF_8)))
                            .setDataset("datasets/small")
                            .setMethod("vanilla")
                            .putParameters("epochs", FakeEngine.STEPS_UNTIL_CANCELLED)
                            .build();
            running = client.create("r1", spec).getName();
            waiting =
                    client.create(
                                    "r2",
                                    spec.toBuilder()
                                            .putParameters("epochs", FakeEngine.HELPS)
                                            .build())
                            .getName();
            awaitTraining(client, running);
        }

        FakeEngine engine = new FakeEngine();
        try (AuditWorker next =
                        AuditWorker.start(
                                AuditWorkerIT.config(folder),
                                engine.tools(),
                                InstantSource.system());
                WorkerClient client = new WorkerClient(next.port())) {
            assertThat(engine.training.await(30, TimeUnit.SECONDS)).isTrue();
            Correction resumed =
                    client.corrections.getCorrection(
                            GetCorrectionRequest.newBuilder().setName(running).build());
            assertThat(resumed.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_RUNNING);
            assertThat(resumed.getAttempt()).isEqualTo(2);
            client.corrections.cancelCorrection(
                    CancelCorrectionRequest.newBuilder().setName(running).build());
            assertThat(client.end(waiting).getState())
                    .isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
        }
    }

    private static void awaitTraining(WorkerClient client, String name) {
        Iterator<WatchCorrectionResponse> watch =
                client.corrections
                        .withDeadlineAfter(60, TimeUnit.SECONDS)
                        .watchCorrection(WatchCorrectionRequest.newBuilder().setName(name).build());
        while (watch.next().getCorrection().getProgress().getStep() == 0) {
            // the next change comes with the next step
        }
    }
}
