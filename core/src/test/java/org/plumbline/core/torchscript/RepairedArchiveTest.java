package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

class RepairedArchiveTest {
    private static final Path SOURCE = TestArchives.reference("small_cnn.trace");
    private static final String BIAS = "classifier.2.bias";

    @TempDir Path folder;

    @Test
    void onlyTheNamedTensorsChange() throws IOException {
        Path out = folder.resolve("patched.pt");
        float[] values = counting(10);
        String key;
        try (Archive source = Archive.open(SOURCE)) {
            RepairedArchive.patch(source, Map.of(BIAS, FloatTensor.of(values, 10)), out);
            key =
                    "data/"
                            + source.tensors().entrySet().stream()
                                    .filter(e -> e.getKey().equals(BIAS))
                                    .map(e -> e.getValue().key())
                                    .findFirst()
                                    .orElseThrow();
        }

        ArchiveForge before = ArchiveForge.of(SOURCE);
        ArchiveForge after = ArchiveForge.of(out);
        try (Archive patched = Archive.open(out)) {
            for (String entry : patched.entries()) {
                if (entry.equals(key)) {
                    ByteBuffer stored =
                            ByteBuffer.wrap(after.content("/" + entry))
                                    .order(ByteOrder.LITTLE_ENDIAN);
                    for (float value : values) {
                        assertThat(stored.getFloat()).isEqualTo(value);
                    }
                } else {
                    assertThat(after.content("/" + entry))
                            .as(entry)
                            .isEqualTo(before.content("/" + entry));
                }
            }
        }
    }

    private static float[] counting(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i + 0.5f;
        }
        return values;
    }

    @Test
    void aTransposedTensorIsWrittenThroughItsStrides() throws IOException {
        Path archive = transposed();
        Path out = folder.resolve("patched.pt");
        float[] values = counting(320);
        String name = "classifier.2.weight"; // [10, 32], stored column by column
        try (Archive source = Archive.open(archive)) {
            RepairedArchive.patch(source, Map.of(name, FloatTensor.of(values, 10, 32)), out);
            ByteBuffer stored =
                    ByteBuffer.wrap(ArchiveForge.of(out).content("/data/23"))
                            .order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < 10; row++) {
                for (int column = 0; column < 32; column++) {
                    assertThat(stored.getFloat(4 * (column * 10 + row)))
                            .isEqualTo(values[row * 32 + column]);
                }
            }
        }
    }

    /** Strides (32, 1) of the [10, 32] weight become (1, 10) in the pickle. */
    private Path transposed() throws IOException {
        ArchiveForge forge = ArchiveForge.of(SOURCE);
        byte[] pickle = forge.content("/data.pkl").clone();
        byte[] sizes = {'(', 'K', 10, 'K', 32, 't'};
        for (int i = 0; i + 12 < pickle.length; i++) {
            if (Arrays.equals(pickle, i, i + 6, sizes, 0, 6)) {
                int at = i + 6;
                while (pickle[at] != '(') {
                    at++;
                }
                assertThat(List.of(pickle[at + 2], pickle[at + 4]))
                        .containsExactly((byte) 32, (byte) 1);
                pickle[at + 2] = 1;
                pickle[at + 4] = 10;
                return forge.put("/data.pkl", pickle).write(folder);
            }
        }
        throw new AssertionError("no tensor of sizes (10, 32)");
    }

    @Test
    void anUnknownTensorAWrongShapeAndIntegersAreRefused() throws IOException {
        Path out = folder.resolve("never.pt");
        try (Archive source = Archive.open(SOURCE)) {
            for (Map<String, FloatTensor> changed :
                    List.of(
                            Map.of("classifier.9.bias", FloatTensor.zeros(10)),
                            Map.of(BIAS, FloatTensor.zeros(11)),
                            Map.of("features.1.num_batches_tracked", FloatTensor.zeros(1)))) {
                assertThatThrownBy(() -> RepairedArchive.patch(source, changed, out))
                        .isInstanceOf(AuditException.class)
                        .hasMessageContaining(changed.keySet().iterator().next());
            }
        }
        assertThat(out).doesNotExist();
    }

    @Test
    void aSealedArchiveVerifiesAndKeepsItsManifest() throws IOException {
        JsonNode manifest = RepairedArchive.verify(sealed());

        assertThat(manifest.path("method").asText()).isEqualTo("rr-clarc");
        assertThat(manifest.path("entries").has("data.pkl")).isTrue();
    }

    @Test
    void sealingTwiceGivesTheSameBytes() throws IOException {
        assertThat(Files.readAllBytes(sealed())).isEqualTo(Files.readAllBytes(sealed()));
    }

    @Test
    void aChangedAnAddedAndAMissingEntryAreFound() throws IOException {
        Path sealed = sealed();
        byte[] other = ArchiveForge.of(sealed).content("/data/24").clone();
        other[0]++;
        for (ArchiveForge forged :
                List.of(
                        ArchiveForge.of(sealed).put("/data/24", other),
                        ArchiveForge.of(sealed).add("small_cnn.trace/extra/more", new byte[1]),
                        ArchiveForge.of(sealed).remove("version"))) {
            Path file = forged.write(folder);

            assertThatThrownBy(() -> RepairedArchive.verify(file))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("its manifest describes");
        }
    }

    @Test
    void anArchiveWithoutManifestDoesNotVerify() {
        assertThatThrownBy(() -> RepairedArchive.verify(SOURCE))
                .hasMessageContaining("extra/plumbline.json: missing");
    }

    @Test
    void aFolderThatCannotBeWrittenLeavesNothing() throws IOException {
        Path out = folder.resolve("no-such-folder").resolve("patched.pt");
        try (Archive source = Archive.open(SOURCE)) {
            assertThatThrownBy(() -> RepairedArchive.patch(source, Map.of(), out))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("cannot be written");
        }
    }

    private Path sealed() throws IOException {
        ObjectNode manifest = new ObjectMapper().createObjectNode().put("method", "rr-clarc");
        Path out = Files.createTempDirectory(folder, "sealed").resolve("sealed.pt");
        RepairedArchive.seal(SOURCE, manifest, out);
        return out;
    }
}
