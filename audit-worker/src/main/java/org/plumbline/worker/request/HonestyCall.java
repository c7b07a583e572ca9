package org.plumbline.worker.request;

import ai.djl.Device;

import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.ExaminationListener;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.proto.v1.CheckFairwashingResponse;
import org.plumbline.proto.v1.FairwashingProgress;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.DatasetStore;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.fairwashing.ExaminationPlan;
import org.plumbline.worker.fairwashing.HonestyFindings;
import org.plumbline.worker.job.ArchiveProber;
import org.plumbline.worker.job.Assessor;
import org.plumbline.worker.job.RepairRecipe;
import org.plumbline.worker.store.ArchiveStore;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * One check of explanations: what it is done with, and who hears of it. Confined to one thread.
 *
 * @param work existing folder for temporary files
 * @param response takes progress while it is ready; the caller sends what was found
 */
record HonestyCall(
        ArchiveStore archives,
        DatasetStore datasets,
        ArchiveProber prober,
        Device device,
        Path work,
        ServerCallStreamObserver<CheckFairwashingResponse> response) {
    /**
     * Examines and judges.
     *
     * @throws AuditException {@code CANCELLED} once the call is, {@code BAD_DATA} if the null is
     *     another archive's
     */
    HonestyFindings run(HonestyRequest request) {
        request.twins().ifPresent(twins -> twins.requireFor(request.archive(), "null_file"));
        Path archive = archives.archive(request.archive());
        request.reference().ifPresent(archives::archive); // missing is said before work starts
        AuditDataset requests = AuditDataset.load(datasets.files(request.dataset()));
        ExaminationPlan plan = plan(requests, request);
        Examination own = examine("archive", archive, plan, requests);
        Optional<ReferenceVersion> trusted =
                request.reference()
                        .map(
                                digest ->
                                        new ReferenceVersion(
                                                digest,
                                                examine(
                                                        "reference",
                                                        archives.archive(digest),
                                                        plan,
                                                        requests)));
        return HonestyFindings.of(
                own,
                new HonestyFindings.Standard(
                        trusted,
                        request.twins(),
                        request.twins().isPresent() ? digest(plan.inputs()) : "",
                        request.methods(),
                        request.level()));
    }

    private ExaminationPlan plan(AuditDataset requests, HonestyRequest request) {
        boolean split = requests.rows(Split.TEST).length > 0;
        int[] rows =
                split ? requests.rows(Split.TEST) : IntStream.range(0, requests.rows()).toArray();
        FloatTensor inputs = requests.inputs(rows);
        if (request.clean().isEmpty() && !split) {
            return ExaminationPlan.of(inputs, inputs, true, request.methods());
        }
        AuditDataset clean =
                request.clean().map(datasets::files).map(AuditDataset::load).orElse(requests);
        int[] training = clean.rows(Split.TRAIN);
        if (training.length == 0) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    request.clean().isPresent() ? "clean_dataset" : "dataset",
                    "no training row",
                    "training rows as clean inputs");
        }
        return ExaminationPlan.of(inputs, clean.inputs(training), false, request.methods());
    }

    private Examination examine(
            String name, Path archive, ExaminationPlan plan, AuditDataset requests) {
        Listener listener = new Listener(name);
        listener.requireWanted();
        prober.probe(archive, setting(requests, listener));
        listener.requireWanted();
        try (ExplainableModel model = ExplainableModel.load(archive, plan.spec(work, device))) {
            return plan.examine(model, listener);
        }
    }

    private Assessor.Setting setting(AuditDataset requests, Listener listener) {
        RepairRecipe recipe =
                RepairRecipe.of(
                        "check", Map.of(), Optional.empty(), Optional.empty(), OptionalInt.empty());
        return new Assessor.Setting(requests, recipe, work, device, listener::cancelled);
    }

    /** Returns what a null names its inputs by: the digest of them as NumPy writes them. */
    private static String digest(FloatTensor inputs) {
        MessageDigest digest = Digest.sha256();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            NpyFile.write(out, inputs);
            return Digest.from(digest.digest()).hex();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends steps to a caller who takes them; ends with the call. */
    private final class Listener implements ExaminationListener {
        private final Context call = Context.current();
        private final String model;

        Listener(String model) {
            this.model = model;
        }

        @Override
        public void onStep(String phase, int step, int steps) {
            if (response.isReady()) {
                response.onNext(
                        CheckFairwashingResponse.newBuilder()
                                .setProgress(
                                        FairwashingProgress.newBuilder()
                                                .setModel(model)
                                                .setPhase(phase)
                                                .setStep(step)
                                                .setSteps(steps))
                                .build());
            }
        }

        @Override
        public boolean cancelled() {
            return call.isCancelled();
        }

        void requireWanted() {
            if (cancelled()) {
                throw new AuditException(ErrorCode.CANCELLED, "check: cancelled by the caller");
            }
        }
    }
}
