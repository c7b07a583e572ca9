package org.plumbline.worker.request;

import com.google.protobuf.ByteString;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.CancelCorrectionRequest;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionServiceGrpc.CorrectionServiceImplBase;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.DownloadCheckpointRequest;
import org.plumbline.proto.v1.DownloadCheckpointResponse;
import org.plumbline.proto.v1.GetCorrectionRequest;
import org.plumbline.proto.v1.ListCorrectionsRequest;
import org.plumbline.proto.v1.ListCorrectionsResponse;
import org.plumbline.proto.v1.UploadArchiveRequest;
import org.plumbline.proto.v1.UploadArchiveResponse;
import org.plumbline.proto.v1.WatchCorrectionRequest;
import org.plumbline.proto.v1.WatchCorrectionResponse;
import org.plumbline.worker.dataset.DatasetStore;
import org.plumbline.worker.job.Checkpoint;
import org.plumbline.worker.job.Job;
import org.plumbline.worker.job.JobBoard;
import org.plumbline.worker.job.JobFiles;
import org.plumbline.worker.job.JobRunner;
import org.plumbline.worker.job.JobSpec;
import org.plumbline.worker.store.ArchiveStore;
import org.plumbline.worker.store.Upload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Corrections over gRPC. Thread-safe. */
public final class CorrectionEndpoint extends CorrectionServiceImplBase {
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 1000;

    private final JobBoard board;
    private final JobRunner runner;
    private final JobFiles files;
    private final ArchiveStore archives;
    private final SpecReader specs;

    /**
     * Makes the service.
     *
     * @param redTeam whether attacks on explanations may be asked for
     */
    public CorrectionEndpoint(
            JobBoard board,
            JobRunner runner,
            JobFiles files,
            ArchiveStore archives,
            DatasetStore datasets,
            boolean redTeam) {
        this.board = board;
        this.runner = runner;
        this.files = files;
        this.archives = archives;
        this.specs = new SpecReader(archives, datasets, redTeam);
    }

    @Override
    public StreamObserver<UploadArchiveRequest> uploadArchive(
            StreamObserver<UploadArchiveResponse> response) {
        return new UploadObserver<>(new ArchiveParts(), response);
    }

    @Override
    public void createCorrection(
            CreateCorrectionRequest request, StreamObserver<Correction> response) {
        Calls.answer(response, () -> Protos.correction(create(request)));
    }

    @Override
    public void getCorrection(GetCorrectionRequest request, StreamObserver<Correction> response) {
        Calls.answer(response, () -> Protos.correction(board.require(id(request.getName()))));
    }

    @Override
    public void listCorrections(
            ListCorrectionsRequest request, StreamObserver<ListCorrectionsResponse> response) {
        Calls.answer(response, () -> page(request));
    }

    @Override
    public void watchCorrection(
            WatchCorrectionRequest request, StreamObserver<WatchCorrectionResponse> response) {
        var call = (ServerCallStreamObserver<WatchCorrectionResponse>) response;
        WatchStream stream = new WatchStream(call);
        try {
            Runnable unwatch = board.watch(id(request.getName()), stream);
            call.setOnReadyHandler(stream::send);
            call.setOnCancelHandler(
                    () -> {
                        stream.end();
                        unwatch.run();
                    });
            call.setOnCloseHandler(unwatch);
        } catch (RuntimeException e) {
            response.onError(Statuses.of(e));
        }
    }

    @Override
    public void cancelCorrection(
            CancelCorrectionRequest request, StreamObserver<Correction> response) {
        Calls.answer(response, () -> Protos.correction(runner.cancel(id(request.getName()))));
    }

    @Override
    public void downloadCheckpoint(
            DownloadCheckpointRequest request,
            StreamObserver<DownloadCheckpointResponse> response) {
        try {
            Job job = board.require(id(request.getName()));
            Checkpoint checkpoint = job.state().checkpoint().orElseThrow(() -> noCheckpoint(job));
            if (request.getOffset() < 0 || request.getOffset() > checkpoint.sizeBytes()) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT,
                        "offset",
                        request.getOffset(),
                        "0 to " + checkpoint.sizeBytes());
            }
            if (!Files.exists(files.checkpoint(job.id()))) {
                throw AuditException.of(
                        ErrorCode.NOT_FOUND, "checkpoint", "removed", "a file in the state folder");
            }
            DownloadStream.start(
                    (ServerCallStreamObserver<DownloadCheckpointResponse>) response,
                    files.checkpoint(job.id()),
                    checkpoint,
                    request.getOffset());
        } catch (RuntimeException e) {
            response.onError(Statuses.of(e));
        }
    }

    private Job create(CreateCorrectionRequest request) {
        JobSpec spec = specs.parse(request);
        Optional<Job> known = board.known(request.getRequestId(), spec);
        if (known.isPresent()) {
            return known.get();
        }
        specs.check(spec);
        return request.getValidateOnly()
                ? board.draft(request.getRequestId(), spec)
                : runner.create(request.getRequestId(), spec);
    }

    /** A page token is the id of the last job sent: new jobs do not shift the pages. */
    private ListCorrectionsResponse page(ListCorrectionsRequest request) {
        if (request.getPageSize() < 0) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "page_size", request.getPageSize(), "0 or more");
        }
        int size =
                request.getPageSize() == 0 ? PAGE : Math.min(request.getPageSize(), LARGEST_PAGE);
        String token = request.getPageToken();
        if (!token.isEmpty()) {
            board.require(token);
        }
        List<Job> rest =
                board.newestFirst().stream()
                        .filter(job -> token.isEmpty() || job.id().compareTo(token) < 0)
                        .filter(
                                job ->
                                        request.getModelName().isEmpty()
                                                || job.spec()
                                                        .modelName()
                                                        .equals(request.getModelName()))
                        .limit(size + 1L)
                        .toList();
        List<Job> page = rest.subList(0, Math.min(size, rest.size()));
        return ListCorrectionsResponse.newBuilder()
                .addAllCorrections(page.stream().map(Protos::correction).toList())
                .setNextPageToken(rest.size() > size ? page.get(page.size() - 1).id() : "")
                .build();
    }

    private static String id(String name) {
        if (!name.startsWith(Protos.CORRECTIONS)) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "name", name, Protos.CORRECTIONS + "{id}");
        }
        return name.substring(Protos.CORRECTIONS.length());
    }

    private static AuditException noCheckpoint(Job job) {
        return AuditException.of(
                ErrorCode.FAILED_PRECONDITION,
                "state",
                job.state().label(),
                "succeeded or rejected, with a checkpoint");
    }

    private final class ArchiveParts
            implements UploadObserver.Parts<UploadArchiveRequest, UploadArchiveResponse> {
        @Override
        public boolean header(UploadArchiveRequest message) {
            return message.hasHeader();
        }

        @Override
        public ByteString chunk(UploadArchiveRequest message) {
            return message.getChunk();
        }

        @Override
        public UploadObserver.Opened<UploadArchiveResponse> open(UploadArchiveRequest message) {
            Digest digest = Blobs.digest(message.getHeader());
            if (archives.blobs().find(digest).isPresent()) {
                return new UploadObserver.Opened<>(null, () -> answer(digest));
            }
            Upload upload =
                    archives.blobs()
                            .open(
                                    digest,
                                    message.getHeader().getSizeBytes(),
                                    message.getHeader().getOffset());
            return new UploadObserver.Opened<>(
                    upload,
                    () -> {
                        archives.accept(upload);
                        return answer(digest);
                    });
        }

        private UploadArchiveResponse answer(Digest digest) {
            try {
                return UploadArchiveResponse.newBuilder()
                        .setSha256(digest.hex())
                        .setSizeBytes(Files.size(archives.archive(digest)))
                        .build();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
