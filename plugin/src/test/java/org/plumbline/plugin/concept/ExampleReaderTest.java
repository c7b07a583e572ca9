package org.plumbline.plugin.concept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.concept.ExampleBodies.RedEncoder;
import org.plumbline.plugin.config.ConceptSpec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

class ExampleReaderTest {
    @TempDir Path folder;

    private final ExampleReader reader = new ExampleReader(new RedEncoder());

    @BeforeEach
    void goodFolders() throws IOException {
        for (String side : new String[] {"p", "n"}) {
            Files.createDirectories(folder.resolve(side));
        }
        write("p/b.png", ExampleBodies.png(2, 22));
        write("p/a.PNG", ExampleBodies.png(2, 1));
        write("p/notes.txt", new byte[] {6});
        write("n/c.png", ExampleBodies.png(2, 3));
        write("n/d.png", ExampleBodies.png(2, 4));
    }

    @Test
    void foldersOfImagesAreEncodedInOrderAndOtherFilesLeftOut() {
        ConceptExamples examples = reader.read(spec("p", "n"));
        assertThat(examples.positives().inputs().shape()).containsExactly(2, 1, 2, 2);
        assertThat(examples.positives().inputs().values())
                .containsExactly(1, 1, 0, 0, 22, 22, 0, 0);
        assertThat(examples.negatives().row(1)).isEqualTo(folder.resolve("n/d.png").toString());
    }

    @Test
    void npyAndNpzFilesHoldTheSameAsFolders() throws IOException {
        ConceptExamples images = reader.read(spec("p", "n"));
        NpyFile.write(folder.resolve("p.npy"), images.positives().inputs());
        write(
                "both.npz",
                ExampleBodies.npz(images.positives().inputs(), images.negatives().inputs()));
        assertThat(reader.read(spec("p.npy", "n")).content()).isEqualTo(images.content());
        assertThat(reader.read(spec("both.npz", "both.npz")).content()).isEqualTo(images.content());
    }

    @Test
    void contentTellsExamplesSettingsAndSidesApart() {
        ConceptExamples images = reader.read(spec("p", "n"));
        ConceptExamples swapped = reader.read(spec("n", "p"));
        assertThat(swapped.content().direction()).isNotEqualTo(images.content().direction());
        FitSettings mean = new FitSettings(CavKind.SIGNAL, Pooling.MEAN, 0);
        assertThat(with(images, mean).content().direction())
                .isNotEqualTo(images.content().direction());
        FitSettings seeded = new FitSettings(CavKind.SIGNAL, Pooling.MAX, 9);
        assertThat(with(images, seeded).content()).isNotEqualTo(images.content());
        assertThat(with(images, seeded).content().direction()) // a seed moves no CAV
                .isEqualTo(images.content().direction());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSources")
    void badExamplesAreRefusedNamingConceptFileAndRule(Bad bad, String... parts)
            throws IOException {
        bad.make(this);
        assertThatThrownBy(() -> reader.read(spec("p", bad.negatives())))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_DATA))
                .hasMessageStartingWith("concept colour: ")
                .hasMessageContainingAll(parts)
                .hasMessageContaining("(expected: ")
                .hasMessageNotContaining("\n");
    }

    static Stream<Arguments> badSources() {
        return Stream.of(
                bad("missing folder", "absent", t -> {}, "absent", "existing folder"),
                bad("empty folder", "e", t -> t.mkdir("e"), "negatives ", "e: no images"),
                bad(
                        "one example",
                        "e",
                        t -> {
                            t.mkdir("e");
                            t.write("e/a.png", ExampleBodies.png(2, 1));
                        },
                        "e: 1 example (expected: at least 2)"),
                bad("0 bytes", "n", t -> t.write("n/c.png", new byte[0]), "n/c.png: 0 bytes"),
                bad("text", "n", t -> t.write("n/c.png", new byte[9]), "n/c.png: 9 other bytes"),
                bad("cut header", "n", t -> t.write("n/c.png", cut()), "n/c.png: damaged header"),
                bad(
                        "far too large",
                        "n",
                        t -> t.write("n/c.png", huge()),
                        "n/c.png: 3600000000 pixels"),
                bad(
                        "another size",
                        "n",
                        t -> t.write("n/d.png", ExampleBodies.png(3, 1)),
                        "n/d.png: model input [1, 1, 2, 3] (expected: [1, 1, 2, 2] as "),
                bad(
                        "other size than the positives",
                        "n",
                        t -> {
                            t.write("n/c.png", ExampleBodies.png(3, 1));
                            t.write("n/d.png", ExampleBodies.png(3, 2));
                        },
                        "[2, 1, 2, 3] (expected: [2, 1, 2, 2] as in positives "),
                bad(
                        "the positives again",
                        "n",
                        t -> {
                            t.write("n/c.png", ExampleBodies.png(2, 22));
                            t.write("n/d.png", ExampleBodies.png(2, 1));
                        },
                        "equal to negatives ",
                        "different examples on both sides"),
                bad(
                        "two axes",
                        "n.npy",
                        t -> NpyFile.write(t.folder.resolve("n.npy"), FloatTensor.zeros(2, 3)),
                        "n.npy: [2, 3] (expected: [n, c, h, w])"),
                bad(
                        "not finite",
                        "n.npy",
                        t ->
                                NpyFile.write(
                                        t.folder.resolve("n.npy"),
                                        FloatTensor.of(
                                                new float[] {0, 0, 0, 0, 1, Float.NaN, 0, 0},
                                                2,
                                                1,
                                                2,
                                                2)),
                        "n.npy[1]: NaN (expected: finite values)"),
                bad(
                        "no array",
                        "n.npy",
                        t -> t.write("n.npy", "text".getBytes(StandardCharsets.UTF_8)),
                        "n.npy: no NumPy header"),
                bad(
                        "npz without the side",
                        "n.npz",
                        t -> t.write("n.npz", ExampleBodies.zip(java.util.Map.of("x.npy", cut()))),
                        "n.npz/negatives: absent (expected: one of [x])"),
                bad(
                        "no npz",
                        "n.npz",
                        t -> t.write("n.npz", "text".getBytes(StandardCharsets.UTF_8)),
                        "n.npz: "));
    }

    /** A PNG that ends within its header. */
    private static byte[] cut() {
        return java.util.Arrays.copyOf(ExampleBodies.png(2, 1), 12);
    }

    /** A PNG whose header says 60,000 by 60,000. */
    private static byte[] huge() {
        byte[] png = ExampleBodies.png(2, 1);
        java.nio.ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(png, 12, 17);
        java.nio.ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        return png;
    }

    private static Arguments bad(String name, String negatives, Making making, String... parts) {
        return arguments(new Bad(name, negatives, making), parts);
    }

    private void mkdir(String name) throws IOException {
        Files.createDirectories(folder.resolve(name));
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }

    private static ConceptExamples with(ConceptExamples examples, FitSettings settings) {
        return new ConceptExamples(
                examples.name(), examples.positives(), examples.negatives(), settings);
    }

    private ConceptSpec spec(String positives, String negatives) {
        return new ConceptSpec(
                new ConceptId("colour"),
                folder.resolve(positives),
                folder.resolve(negatives),
                CavKind.SIGNAL,
                Pooling.MAX);
    }

    private interface Making {
        void in(ExampleReaderTest test) throws IOException;
    }

    private record Bad(String name, String negatives, Making making) {
        void make(ExampleReaderTest test) throws IOException {
            making.in(test);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
