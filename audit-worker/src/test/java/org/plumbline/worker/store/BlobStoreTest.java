package org.plumbline.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.config.Limits;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class BlobStoreTest {
    private static final byte[] CONTENT = "0123456789".getBytes(StandardCharsets.UTF_8);
    private static final Digest DIGEST = Digest.of(CONTENT);

    @TempDir private Path folder;

    private BlobStore store() {
        return new BlobStore(folder.resolve("blobs"), new Limits(100, 0, 1));
    }

    private static ByteBuffer bytes(int from, int to) {
        return ByteBuffer.wrap(CONTENT, from, to - from);
    }

    @Test
    void aCutUploadResumesOverARestartAtAnyReceivedOffset() throws IOException {
        try (Upload upload = store().open(DIGEST, 10, 0)) {
            upload.append(bytes(0, 6));
        }
        BlobStore store = store();
        assertThat(store.received(DIGEST)).isEqualTo(6);
        assertThat(store.find(DIGEST)).isEmpty();
        try (Upload upload = store.open(DIGEST, 10, 4)) {
            upload.append(bytes(4, 10));
            assertThat(upload.received()).isEqualTo(10);
            upload.finish(file -> {});
        }
        assertThat(Files.readAllBytes(store.find(DIGEST).orElseThrow())).isEqualTo(CONTENT);
    }

    @Test
    void offsetsBeyondWhatArrivedAreRefused() {
        assertThatThrownBy(() -> store().open(DIGEST, 10, 3))
                .hasMessage("offset: 3 (expected: 0 to 0)");
    }

    @Test
    void wrongBytesAreDiscarded() {
        BlobStore store = store();
        try (Upload upload = store.open(Digest.of(new byte[3]), 10, 0)) {
            upload.append(bytes(0, 10));
            assertThatThrownBy(() -> upload.finish(file -> {})).hasMessageContaining("sha256");
        }
        assertThat(folder.resolve("blobs")).isEmptyDirectory();
    }

    @Test
    void whatFailsItsCheckIsNeverFound() {
        ArchiveStore archives =
                new ArchiveStore(
                        folder.resolve("blobs"),
                        new Limits(100, 0, 1),
                        file -> {
                            assertThat(file).hasBinaryContent(CONTENT);
                            throw new AuditException(ErrorCode.BAD_ARCHIVE, "bad");
                        });
        try (Upload upload = archives.blobs().open(DIGEST, 10, 0)) {
            upload.append(bytes(0, 10));
            assertThatThrownBy(() -> archives.accept(upload)).hasMessage("bad");
        }
        assertThat(folder.resolve("blobs")).isEmptyDirectory();
        assertThatThrownBy(() -> archives.archive(DIGEST)).hasMessageContaining("uploaded archive");
    }

    @Test
    void tooFewAndTooManyBytesAreRefused() {
        BlobStore store = store();
        try (Upload upload = store.open(DIGEST, 10, 0)) {
            upload.append(bytes(0, 9));
            assertThatThrownBy(() -> upload.finish(file -> {}))
                    .hasMessage("size_bytes: 9 (expected: 10)");
            assertThatThrownBy(() -> upload.append(bytes(0, 2)))
                    .hasMessageContaining("at most the announced 10");
        }
        assertThat(store.received(DIGEST)).isEqualTo(9);
    }

    @Test
    void onlyOneCallWritesAContentAtATime() {
        BlobStore store = store();
        Upload first = store.open(DIGEST, 10, 0);
        assertThatThrownBy(() -> store.open(DIGEST, 10, 0))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION));
        first.close();
        store.open(DIGEST, 10, 0).close();
    }

    @Test
    void sizesBeyondLimitsOrDiskAreRefused() {
        assertThatThrownBy(() -> store().open(DIGEST, 101, 0)).hasMessageContaining("at most 100");
        assertThatThrownBy(() -> store().open(DIGEST, 0, 0)).hasMessageContaining("at least 1");
        BlobStore full = new BlobStore(folder, new Limits(100, Long.MAX_VALUE, 1));
        assertThatThrownBy(() -> full.open(DIGEST, 10, 0)).hasMessageContaining("disk are left");
    }
}
