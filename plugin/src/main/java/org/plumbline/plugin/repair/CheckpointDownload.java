package org.plumbline.plugin.repair;

import com.google.protobuf.ByteString;

import io.grpc.StatusRuntimeException;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.BlobHeader;
import org.plumbline.proto.v1.CorrectionServiceGrpc.CorrectionServiceBlockingStub;
import org.plumbline.proto.v1.DownloadCheckpointRequest;
import org.plumbline.proto.v1.DownloadCheckpointResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/**
 * Pulls a checkpoint in chunks into a part file, resuming where a cut transfer stopped, and moves
 * it into place when its digest is right. Confined to one thread.
 */
final class CheckpointDownload {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointDownload.class);
    private static final int ATTEMPTS = 6;
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    private final CorrectionServiceBlockingStub worker;
    private final CheckpointOffer offer;
    private final Path part;
    private final Duration pause;

    CheckpointDownload(
            CorrectionServiceBlockingStub worker,
            CheckpointOffer offer,
            Path folder,
            Duration pause) {
        this.worker = worker;
        this.offer = offer;
        this.pause = pause;
        part = folder.resolve(offer.checkpoint().hex() + ".part");
    }

    /**
     * Returns the complete, checked file.
     *
     * @throws AuditException {@code UNAVAILABLE} if the worker stays away, {@code BAD_ARCHIVE} if
     *     the bytes are not what was offered, {@code RESOURCE_EXHAUSTED} if they cannot be stored
     */
    Path run() {
        Path done = part.resolveSibling(offer.checkpoint().hex() + ".pt");
        try {
            Files.createDirectories(part.resolveSibling(""));
            if (Files.isRegularFile(done) && Digest.of(done).equals(offer.checkpoint())) {
                return done;
            }
            fetch();
            check();
            return Files.move(part, done, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            discard();
            throw new AuditException(
                    ErrorCode.RESOURCE_EXHAUSTED, "checkpoint: cannot be stored: " + e, e);
        }
    }

    private void fetch() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                stream(received());
                return;
            } catch (StatusRuntimeException e) {
                if (attempt == ATTEMPTS || !WorkerStatus.passing(e)) {
                    throw WorkerStatus.failure("DownloadCheckpoint", e);
                }
                LOG.warn(
                        "{}: download cut at {} of {} bytes, trying again: {}",
                        offer.id(),
                        received(),
                        offer.sizeBytes(),
                        e.getStatus());
                rest(attempt);
            }
        }
    }

    private void stream(long offset) throws IOException {
        if (offset == offer.sizeBytes()) {
            return;
        }
        Iterator<DownloadCheckpointResponse> parts =
                worker.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                        .downloadCheckpoint(
                                DownloadCheckpointRequest.newBuilder()
                                        .setName(offer.correction())
                                        .setOffset(offset)
                                        .build());
        long at = offset;
        try (OutputStream out =
                Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (parts.hasNext()) {
                DownloadCheckpointResponse next = parts.next();
                if (next.hasHeader()) {
                    expect(next.getHeader(), offset);
                } else {
                    ByteString chunk = next.getChunk();
                    at += chunk.size();
                    if (at > offer.sizeBytes()) {
                        throw wrong("more than " + offer.sizeBytes() + " bytes");
                    }
                    chunk.writeTo(out);
                }
            }
        }
    }

    private void expect(BlobHeader header, long offset) {
        if (!header.getSha256().equals(offer.checkpoint().hex())
                || header.getSizeBytes() != offer.sizeBytes()
                || header.getOffset() != offset) {
            throw wrong("header " + header.getSha256() + " of " + header.getSizeBytes() + " bytes");
        }
    }

    private void check() throws IOException {
        if (received() < offer.sizeBytes()) {
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    "checkpoint: "
                            + received()
                            + " bytes (expected: "
                            + offer.sizeBytes()
                            + "); kept to resume");
        }
        Digest actual = Digest.of(part);
        if (!actual.equals(offer.checkpoint())) {
            throw wrong("sha256 " + actual);
        }
    }

    private AuditException wrong(String found) {
        discard();
        return AuditException.of(
                ErrorCode.BAD_ARCHIVE, "checkpoint", found, "sha256 " + offer.checkpoint());
    }

    private long received() throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    private void discard() {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            LOG.warn("{}: cannot be removed: {}", part, e.toString());
        }
    }

    private void rest(int attempt) {
        try {
            Thread.sleep(pause.multipliedBy(1L << (attempt - 1)).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException(ErrorCode.CANCELLED, "checkpoint: download interrupted", e);
        }
    }
}
