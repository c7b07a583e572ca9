package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.probe.ProbeLimits;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.worker.config.WorkerConfig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** An uploaded archive that never ends, at a worker with the real engine. */
class ProbeIT {
    private static final String DATASET = "datasets/small";

    @TempDir private Path folder;

    @Test
    void anArchiveThatNeverEndsFailsItsJobAndLeavesTheWorkerAtWork() throws Exception {
        try (AuditWorker worker = AuditWorker.start(config());
                WorkerClient client = new WorkerClient(worker.port())) {
            byte[] zip = SmallData.zip(SmallData.tensors(folder.resolve("data")));
            client.uploadDataset(DATASET, zip, 0, zip.length);
            CorrectionSpec spec =
                    CorrectionSpec.newBuilder()
                            .setModelName("endless")
                            .setArchiveSha256(client.uploadArchive(endless()))
                            .setDataset(DATASET)
                            .setMethod("vanilla")
                            .build();
            Correction end = client.end(client.create("r1", spec).getName());

            assertThat(end.getState()).isEqualTo(CorrectionState.CORRECTION_STATE_FAILED);
            assertThat(end.getError()).contains("probe time: over 5.0 s");
        }
    }

    private WorkerConfig config() {
        WorkerConfig usual = AuditWorkerIT.config(folder);
        return new WorkerConfig(
                usual.listen(),
                usual.state(),
                usual.metrics(),
                usual.device(),
                usual.gate(),
                usual.limits(),
                usual.tokenFile(),
                usual.tls(),
                new ProbeLimits(Duration.ofSeconds(5), 4L << 30));
    }

    /** The plain archive with a loop before its first statement. */
    private static byte[] endless() throws Exception {
        Path plain = Path.of(ProbeIT.class.getResource("/archives/plain.pt").toURI());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipFile source = new ZipFile(plain.toFile());
                ZipOutputStream target = new ZipOutputStream(out)) {
            for (ZipEntry entry : Collections.list(source.entries())) {
                byte[] content = source.getInputStream(entry).readAllBytes();
                target.putNextEntry(new ZipEntry(entry.getName()));
                target.write(
                        entry.getName().endsWith("code/__torch__.py") ? loop(content) : content);
            }
        }
        return out.toByteArray();
    }

    private static byte[] loop(byte[] code) throws IOException {
        String text = new String(code, StandardCharsets.UTF_8);
        String signature = "    x: Tensor) -> Tensor:\n";
        if (!text.contains(signature)) {
            throw new IOException("no forward in " + text);
        }
        return text.replace(signature, signature + "    while True:\n      x = torch.add(x, 1)\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
