package org.plumbline.plugin.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.config.ConceptSpec;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

class ExampleReaderTest {
    @TempDir Path folder;

    private final ExampleReader reader = new ExampleReader(new LengthEncoder());

    @Test
    void foldersOfImagesAreEncodedInOrderAndOtherFilesLeftOut() throws IOException {
        Files.createDirectories(folder.resolve("p"));
        Files.createDirectories(folder.resolve("n"));
        ModelFolders.write(folder.resolve("p/b.png"), "22");
        ModelFolders.write(folder.resolve("p/a.JPG"), "1");
        ModelFolders.write(folder.resolve("p/notes.txt"), "666666");
        ModelFolders.write(folder.resolve("n/c.jpeg"), "333");
        ConceptExamples examples = reader.read(spec());
        assertThat(examples.positives().shape()).containsExactly(2, 1, 1, 1);
        assertThat(examples.positives().values()).containsExactly(1, 2);
        assertThat(examples.negatives().values()).containsExactly(3);
    }

    @Test
    void whatIsMissingOrEmptyIsNamed() throws IOException {
        assertThatThrownBy(() -> reader.read(spec()))
                .hasMessageContaining("concept colour: positives: " + folder.resolve("p"));
        Files.createDirectories(folder.resolve("p"));
        assertThatThrownBy(() -> reader.read(spec())).hasMessageContaining("no images");
    }

    @Test
    void arraysMustBeFiniteInputs() throws IOException {
        NpyFile.write(folder.resolve("p.npy"), FloatTensor.zeros(2, 3));
        ConceptSpec flat = spec(folder.resolve("p.npy"));
        assertThatThrownBy(() -> reader.read(flat)).hasMessageContaining("[n, c, h, w]");
        NpyFile.write(folder.resolve("q.npy"), FloatTensor.of(new float[] {Float.NaN}, 1, 1, 1, 1));
        ConceptSpec nan = spec(folder.resolve("q.npy"));
        assertThatThrownBy(() -> reader.read(nan)).hasMessageContaining("finite");
    }

    @Test
    void npzUploadsCarryBothSides() throws IOException {
        byte[] npz =
                zip(
                        Map.of(
                                "positives.npy", Http.npy(FloatTensor.zeros(2, 1, 2, 2)),
                                "negatives.npy", Http.npy(FloatTensor.zeros(3, 1, 2, 2))));
        ConceptExamples examples = reader.read(spec(), npz);
        assertThat(examples.positives().rows()).isEqualTo(2);
        assertThat(examples.negatives().rows()).isEqualTo(3);
    }

    @Test
    void uploadsThatAreNoZipOrLackASideAreRefused() throws IOException {
        assertThatThrownBy(() -> reader.read(spec(), new byte[] {1, 2, 3}))
                .hasMessageContaining("no images");
        byte[] half = zip(Map.of("positives/a.png", new byte[] {1}));
        assertThatThrownBy(() -> reader.read(spec(), half)).hasMessageContaining("negatives");
        byte[] lying = zip(Map.of("positives.npy", "no array".getBytes(UTF_8)));
        assertThatThrownBy(() -> reader.read(spec(), lying)).hasMessageContaining("NumPy");
    }

    @Test
    void examplesKeptInTheCacheComeBack() {
        ModelCache cache = new ModelCache(folder);
        ConceptSpec spec = spec();
        assertThat(cache.kept(spec)).isEmpty();
        FloatTensor inputs = FloatTensor.of(new float[] {1, 2}, 2, 1, 1, 1);
        cache.keep(examples(spec, inputs, FloatTensor.zeros(1, 1, 1, 1)));
        cache.keep(examples(spec, inputs, inputs));
        ConceptExamples kept = cache.kept(spec).orElseThrow();
        assertThat(kept.negatives().values()).containsExactly(1, 2);
    }

    private static ConceptExamples examples(
            ConceptSpec spec, FloatTensor positives, FloatTensor negatives) {
        return new ConceptExamples(spec.name(), positives, negatives, spec.cav(), spec.pooling());
    }

    private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

    private ConceptSpec spec() {
        return spec(folder.resolve("p"));
    }

    private ConceptSpec spec(Path positives) {
        return new ConceptSpec(
                new ConceptId("colour"),
                positives,
                folder.resolve("n"),
                CavKind.SIGNAL,
                Pooling.MAX);
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : List.copyOf(entries.keySet())) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(entries.getOrDefault(name, new byte[0]));
            }
        }
        return bytes.toByteArray();
    }

    /** Encodes an image as its length. */
    private static final class LengthEncoder implements InputEncoder {
        @Override
        public FloatTensor encode(byte[] image, String name) {
            return FloatTensor.of(new float[] {image.length}, 1, 1, 1, 1);
        }

        @Override
        public void close() {}
    }
}
