package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.worker.job.Job;
import org.plumbline.worker.job.JobRunner;
import org.plumbline.worker.job.JobSpec;
import org.plumbline.worker.job.JobState;
import org.plumbline.worker.job.JobStore;
import org.plumbline.worker.job.RepairProgress;
import org.plumbline.worker.job.RepairRecipe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What a killed worker leaves on disk, and what the next one makes of it. */
class RestartIT {
    private static final byte[] MODEL = "model biased".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path folder;

    private AuditWorker start() {
        return AuditWorker.start(
                AuditWorkerIT.config(folder), new FakeEngine().tools(), InstantSource.system());
    }

    /** Leaves a job as a worker killed during an attempt does. */
    private void killedDuring(int attempt) throws IOException {
        try (AuditWorker worker = start();
                WorkerClient client = new WorkerClient(worker.port())) {
            client.uploadArchive(MODEL);
            byte[] zip = SmallData.zip(SmallData.tensors(folder.resolve("data")));
            client.uploadDataset("datasets/small", zip, 0, zip.length);
        }
        JobSpec spec =
                new JobSpec(
                        "fashion",
                        Digest.of(MODEL).hex(),
                        "small",
                        RepairRecipe.of(
                                "vanilla",
                                Map.of("epochs", FakeEngine.HELPS),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalInt.empty()),
                        true);
        new JobStore(folder.resolve("state/jobs"))
                .save(
                        new Job(
                                "1",
                                "r1",
                                spec,
                                new JobState.Running(
                                        RepairProgress.phase("train"), Optional.empty(), List.of()),
                                Instant.EPOCH,
                                Instant.EPOCH,
                                attempt,
                                List.of()));
        Files.createDirectories(folder.resolve("state/work/1"));
        Files.writeString(folder.resolve("state/work/1/candidate.pt"), "half");
        Files.createDirectories(folder.resolve("state/training/1"));
        Files.writeString(folder.resolve("state/training/1/train.state"), "state");
    }

    private Correction end() {
        try (AuditWorker worker = start();
                WorkerClient client = new WorkerClient(worker.port())) {
            return client.end("corrections/1");
        }
    }

    @Test
    void aJobWhoseWorkerWasKilledRunsAgain() throws IOException {
        killedDuring(1);
        Correction end = end();
        assertThat(end.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
        assertThat(end.getAttempt()).isEqualTo(2);
        assertThat(folder.resolve("state/work/1")).doesNotExist();
        assertThat(folder.resolve("state/training/1")).doesNotExist();
    }

    @Test
    void aJobThatKeepsKillingWorkersFails() throws IOException {
        killedDuring(JobRunner.MOST_ATTEMPTS);
        Correction end = end();
        assertThat(end.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_FAILED);
        assertThat(end.getError()).startsWith("attempts: 3 ended with the worker");
    }

    @Test
    void aCorruptJobFileDoesNotStopTheWorker() throws IOException {
        killedDuring(1);
        Files.writeString(folder.resolve("state/jobs/0.json"), "{");
        assertThat(end().getState()).isEqualTo(CorrectionState.CORRECTION_STATE_SUCCEEDED);
        assertThat(folder.resolve("state/jobs/quarantine/0.json")).exists();
    }

    @Test
    void aMissingArchiveFailsTheJobWithOneLine() throws IOException {
        killedDuring(1);
        Files.delete(folder.resolve("state/archives/" + Digest.of(MODEL).hex()));
        Correction end = end();
        assertThat(end.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_FAILED);
        assertThat(end.getError()).startsWith("archive_sha256: ");
    }
}
