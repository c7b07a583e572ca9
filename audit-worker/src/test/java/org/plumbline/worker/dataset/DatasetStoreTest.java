package org.plumbline.worker.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.SmallData;
import org.plumbline.worker.config.Limits;
import org.plumbline.worker.store.Upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

class DatasetStoreTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    @TempDir private Path folder;

    private DatasetStore store(Limits limits) {
        return new DatasetStore(folder.resolve("datasets"), limits, CLOCK);
    }

    private DatasetStore store() {
        return store(new Limits(1 << 20, 0, 1));
    }

    private static DatasetInfo upload(DatasetStore store, byte[] zip) {
        try (Upload upload = store.open("d", Digest.of(zip), zip.length, 0)) {
            upload.append(ByteBuffer.wrap(zip));
            return store.accept("d", upload);
        }
    }

    @Test
    void anAcceptedDataSetIsSummarisedAndSurvivesARestart() throws IOException {
        DatasetInfo info = upload(store(), SmallData.zip(SmallData.tensors(folder.resolve("a"))));
        assertThat(info.content().orElseThrow().rows()).isEqualTo(8);
        assertThat(info.content().orElseThrow().testRows()).isEqualTo(4);
        assertThat(info.content().orElseThrow().classes()).isEqualTo(3);
        assertThat(store().require("d")).isEqualTo(info);
        assertThat(AuditDataset.load(store().files("d")).rows()).isEqualTo(8);
        try (var left = Files.list(folder.resolve("datasets/.uploads"))) {
            assertThat(left).as("the zip is not kept").isEmpty();
        }
    }

    @Test
    void aZipOfAFolderIsTakenAsTheFolder() throws IOException {
        SmallData.tensors(folder.resolve("a/inner"));
        upload(store(), SmallData.zip(folder.resolve("a")));
        assertThat(store().files("d")).endsWith(Path.of("inner"));
    }

    @Test
    void namesThatLeaveTheFolderAreRefusedBeforeAnythingIsWritten() throws IOException {
        byte[] zip = SmallData.zip(Map.of("ok.txt", "x", "../../evil.txt", "x"));
        assertThatThrownBy(() -> upload(store(), zip))
                .hasMessageContaining("../../evil.txt (expected: a path inside the zip)");
        assertThat(folder.resolve("datasets/d/files")).doesNotExist();
        assertThat(folder.resolve("evil.txt")).doesNotExist();
        byte[] absolute = SmallData.zip(Map.of("/tmp/evil.txt", "x"));
        assertThatThrownBy(() -> upload(store(), absolute)).hasMessageContaining("/tmp/evil.txt");
    }

    @Test
    void whatUnpacksToMoreThanTheLimitIsRefused() throws IOException {
        byte[] zip = SmallData.zip(Map.of("zeros.txt", "0".repeat(100_000)));
        assertThat(zip.length).isLessThan(10_000);
        assertThatThrownBy(() -> upload(store(new Limits(50_000, 0, 1)), zip))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED));
        assertThat(folder.resolve("datasets/d/files")).doesNotExist();
    }

    @Test
    void bytesThatAreNoZipAreBadData() {
        assertThatThrownBy(() -> upload(store(), new byte[100]))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_DATA));
    }

    @Test
    void aCompleteNameCannotBeUsedForOtherContent() throws IOException {
        DatasetStore store = store();
        upload(store, SmallData.zip(SmallData.tensors(folder.resolve("a"))));
        assertThatThrownBy(() -> store.open("d", Digest.of(new byte[1]), 1, 0))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS));
        store.delete("d");
        assertThat(store.find("d")).isEmpty();
        store.open("d", Digest.of(new byte[1]), 1, 0).close();
        assertThat(store.received(store.require("d"))).isZero();
        assertThatThrownBy(() -> store.files("d")).hasMessageContaining("a complete upload");
    }

    @Test
    void anUnreadableRecordCountsAsMissing() throws IOException {
        Files.createDirectories(folder.resolve("datasets/d"));
        Files.writeString(folder.resolve("datasets/d/dataset.json"), "{");
        assertThat(store().find("d")).isEmpty();
    }

    @Test
    void resourceNamesAreChecked() {
        assertThat(DatasetStore.id("datasets/a-1")).isEqualTo("a-1");
        for (String wrong : new String[] {"a", "datasets/", "datasets/A", "datasets/../x"}) {
            assertThatThrownBy(() -> DatasetStore.id(wrong)).hasMessageContaining("datasets/{id}");
        }
    }
}
