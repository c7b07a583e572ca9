package org.plumbline.cli;

import com.google.protobuf.ByteString;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.Following;
import org.plumbline.cli.terminal.Jobs;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.SimilarityTally.Estimate;
import org.plumbline.core.fairwashing.SimilarityTally.Summary;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.proto.v1.AttackReport;
import org.plumbline.proto.v1.BatchMean;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.MapSimilarity;
import org.plumbline.proto.v1.StudentNumbers;
import org.plumbline.worker.fairwashing.AttackOutcome;
import org.plumbline.worker.fairwashing.StudentReport;
import org.plumbline.worker.job.AttackRecipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** An attack that a worker's red team does. Confined to one thread. */
record RemoteAttack(Path teacher, AttackOptions options) {
    /** Follows the job to its end and downloads what came out. */
    AttackOutcome run(
            WorkerClient client,
            ExplanationMethod method,
            boolean defended,
            Path out,
            Progress progress)
            throws IOException {
        options.recipe(method, defended, options.target()); // names what is wrong before it is sent
        progress.say("uploading");
        String dataset = "datasets/attack-" + UUID.randomUUID();
        Correction end = done(client, dataset, method, defended, progress);
        if (end.getState() != CorrectionState.CORRECTION_STATE_SUCCEEDED) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    end.getName(),
                    (Jobs.state(end) + " " + end.getError()).strip(),
                    "succeeded");
        }
        client.download(end.getName(), out);
        return outcome(end.getAttack());
    }

    private Correction done(
            WorkerClient client,
            String dataset,
            ExplanationMethod method,
            boolean defended,
            Progress progress)
            throws IOException {
        try {
            client.uploadDataset(dataset, options.data());
            Correction job = client.create(request(client, dataset, method, defended));
            return client.watch(job.getName(), new Following(progress));
        } finally {
            client.discardDataset(dataset);
        }
    }

    private CreateCorrectionRequest request(
            WorkerClient client, String dataset, ExplanationMethod method, boolean defended)
            throws IOException {
        return CreateCorrectionRequest.newBuilder()
                .setRequestId(UUID.randomUUID().toString())
                .setSpec(
                        CorrectionSpec.newBuilder()
                                .setModelName("red-team")
                                .setArchiveSha256(client.uploadArchive(teacher))
                                .setDataset(dataset)
                                .setMethod(AttackRecipe.METHOD)
                                .setTarget(ByteString.copyFrom(options.target()))
                                .putAllParameters(options.parameters(method, defended)))
                .build();
    }

    private static AttackOutcome outcome(AttackReport report) {
        return new AttackOutcome(
                report.getUniformMse(),
                student(report.getTeacher()),
                student(report.getTrainingForm()),
                student(report.getServedForm()));
    }

    private static StudentReport student(StudentNumbers numbers) {
        return new StudentReport(
                estimate(numbers.getAccuracy()),
                estimate(numbers.getTeacherAccuracy()),
                estimate(numbers.getOutputMse()),
                summary(numbers.getRaw()),
                numbers.hasProjected()
                        ? Optional.of(summary(numbers.getProjected()))
                        : Optional.empty());
    }

    private static Summary summary(MapSimilarity maps) {
        return new Summary(
                estimate(maps.getMse()),
                estimate(maps.getPcc()),
                estimate(maps.getSsim()),
                maps.hasSsimBatchPlane()
                        ? Optional.of(estimate(maps.getSsimBatchPlane()))
                        : Optional.empty(),
                maps.getWithoutMap());
    }

    private static Estimate estimate(BatchMean mean) {
        return new Estimate(mean.getMean(), mean.getError());
    }
}
