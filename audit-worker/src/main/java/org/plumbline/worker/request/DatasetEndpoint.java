package org.plumbline.worker.request;

import com.google.protobuf.ByteString;

import io.grpc.stub.StreamObserver;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.Dataset;
import org.plumbline.proto.v1.DatasetServiceGrpc.DatasetServiceImplBase;
import org.plumbline.proto.v1.DeleteDatasetRequest;
import org.plumbline.proto.v1.DeleteDatasetResponse;
import org.plumbline.proto.v1.GetDatasetRequest;
import org.plumbline.proto.v1.UploadDatasetHeader;
import org.plumbline.proto.v1.UploadDatasetRequest;
import org.plumbline.proto.v1.UploadDatasetResponse;
import org.plumbline.worker.dataset.DatasetInfo;
import org.plumbline.worker.dataset.DatasetStore;
import org.plumbline.worker.job.Job;
import org.plumbline.worker.job.JobBoard;
import org.plumbline.worker.store.Upload;

import java.util.Optional;

/** Data sets over gRPC. Thread-safe. */
public final class DatasetEndpoint extends DatasetServiceImplBase {
    private final DatasetStore datasets;
    private final JobBoard board;

    /** Makes the service. */
    public DatasetEndpoint(DatasetStore datasets, JobBoard board) {
        this.datasets = datasets;
        this.board = board;
    }

    @Override
    public StreamObserver<UploadDatasetRequest> uploadDataset(
            StreamObserver<UploadDatasetResponse> response) {
        return new UploadObserver<>(new DatasetParts(), response);
    }

    @Override
    public void getDataset(GetDatasetRequest request, StreamObserver<Dataset> response) {
        Calls.answer(response, () -> dataset(datasets.require(DatasetStore.id(request.getName()))));
    }

    @Override
    public void deleteDataset(
            DeleteDatasetRequest request, StreamObserver<DeleteDatasetResponse> response) {
        Calls.answer(
                response,
                () -> {
                    delete(DatasetStore.id(request.getName()));
                    return DeleteDatasetResponse.getDefaultInstance();
                });
    }

    private void delete(String id) {
        Optional<Job> user =
                board.newestFirst().stream()
                        .filter(job -> !job.state().terminal() && job.spec().dataset().equals(id))
                        .findFirst();
        if (user.isPresent()) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "name",
                    DatasetStore.COLLECTION + id + ", used by corrections/" + user.get().id(),
                    "a data set no unfinished job uses");
        }
        datasets.delete(id);
    }

    private Dataset dataset(DatasetInfo info) {
        Dataset.Builder message =
                Dataset.newBuilder()
                        .setName(info.name())
                        .setSha256(info.sha256())
                        .setSizeBytes(info.sizeBytes())
                        .setReceivedBytes(datasets.received(info))
                        .setComplete(info.content().isPresent())
                        .setCreateTime(Protos.time(info.createTime()));
        info.content()
                .ifPresent(
                        content ->
                                message.setRows(content.rows()).addAllConcepts(content.concepts()));
        return message.build();
    }

    private UploadDatasetResponse uploaded(DatasetInfo info) {
        return UploadDatasetResponse.newBuilder().setDataset(dataset(info)).build();
    }

    private final class DatasetParts
            implements UploadObserver.Parts<UploadDatasetRequest, UploadDatasetResponse> {
        @Override
        public boolean header(UploadDatasetRequest message) {
            return message.hasHeader();
        }

        @Override
        public ByteString chunk(UploadDatasetRequest message) {
            return message.getChunk();
        }

        @Override
        public UploadObserver.Opened<UploadDatasetResponse> open(UploadDatasetRequest message) {
            UploadDatasetHeader header = message.getHeader();
            String id = DatasetStore.id(header.getName());
            Digest digest = Blobs.digest(header.getBlob());
            Optional<DatasetInfo> same =
                    datasets.find(id)
                            .filter(info -> info.content().isPresent())
                            .filter(info -> info.digest().equals(digest));
            if (same.isPresent()) {
                return new UploadObserver.Opened<>(null, () -> uploaded(same.get()));
            }
            Upload upload =
                    datasets.open(
                            id,
                            digest,
                            header.getBlob().getSizeBytes(),
                            header.getBlob().getOffset());
            return new UploadObserver.Opened<>(upload, () -> uploaded(datasets.accept(id, upload)));
        }
    }
}
