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
import org.plumbline.plugin.fixture.Http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class ConceptLibraryTest {
    private static final ConceptId COLOUR = new ConceptId("colour");
    private static final ConceptId ADDED = new ConceptId("added");
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir Path folder;

    @BeforeEach
    void declareColour() throws IOException {
        NpyFile.write(folder.resolve("p.npy"), rows(1, 2));
        NpyFile.write(folder.resolve("n.npy"), rows(3, 4));
    }

    @Test
    void uploadsComeBackWithSettingsAndProvenance() {
        ConceptLibrary library = open(10);
        byte[] body = ExampleBodies.npz(rows(5, 6), rows(7, 8));
        keep(library, upload(ADDED, Map.of("cav", "ridge", "pooling", "mean", "seed", "9"), body));
        ConceptLibrary again = open(10);
        assertThat(again.concepts()).isEqualTo(library.concepts());
        LibraryConcept concept = again.require(ADDED);
        assertThat(concept.content().settings())
                .isEqualTo(new FitSettings(CavKind.RIDGE, Pooling.MEAN, 9));
        assertThat(concept.upload().orElseThrow().at()).isEqualTo(NOW);
        assertThat(again.examples(concept).negatives().inputs().values()).containsExactly(7, 8);
    }

    @Test
    void anUploadGoesBeforeADeclaredConceptUntilItIsDeleted() {
        ConceptLibrary library = open(10);
        LibraryConcept declared = library.require(COLOUR);
        keep(library, upload(COLOUR, Map.of(), ExampleBodies.npz(rows(5, 6), rows(7, 8))));
        LibraryConcept held = open(10).require(COLOUR);
        assertThat(held.configured()).isTrue();
        assertThat(held.upload()).isPresent();
        assertThat(held.content()).isNotEqualTo(declared.content());
        library.remove(COLOUR);
        assertThat(library.require(COLOUR)).isEqualTo(declared);
        assertThat(open(10).require(COLOUR)).isEqualTo(declared);
        assertThatThrownBy(() -> library.requireUpload(COLOUR))
                .hasMessage(
                        "concept: colour: declared in plumbline.yaml (expected: an uploaded"
                                + " concept)");
        assertThatThrownBy(() -> library.requireUpload(ADDED))
                .hasMessage("concept: added (expected: one of [colour])");
    }

    @Test
    void negativesOfAnotherConceptAreTaken() {
        ConceptLibrary library = open(10);
        byte[] body = ExampleBodies.zip(Map.of("positives.npy", Http.npy(rows(5, 6))));
        ConceptUpload upload = upload(ADDED, Map.of("negatives", "colour"), body);
        keep(library, upload);
        LibraryConcept concept = open(10).require(ADDED);
        assertThat(concept.upload().orElseThrow().negativesOf()).contains(COLOUR);
        assertThat(library.examples(concept).negatives().inputs().values()).containsExactly(3, 4);
        assertThatThrownBy(() -> library.read(upload(ADDED, Map.of("negatives", "none"), body)))
                .hasMessageContaining("negatives: none (expected: one of [colour, added])");
    }

    @Test
    void moreConceptsThanCanBeFollowedAreRefused() {
        ConceptLibrary library = open(2);
        byte[] body = ExampleBodies.npz(rows(5, 6), rows(7, 8));
        keep(library, upload(ADDED, Map.of(), body));
        keep(library, upload(ADDED, Map.of("seed", "1"), body)); // in its own place
        assertThatThrownBy(() -> library.read(upload(new ConceptId("third"), Map.of(), body)))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.FAILED_PRECONDITION))
                .hasMessageContaining("concepts: 3 (expected: at most 2");
    }

    @Test
    void damagedFilesAreSetAsideAndTheOthersGoOn() throws IOException {
        ConceptLibrary library = open(10);
        byte[] body = ExampleBodies.npz(rows(5, 6), rows(7, 8));
        keep(library, upload(ADDED, Map.of(), body));
        keep(library, upload(new ConceptId("cut"), Map.of(), body));
        keep(library, upload(new ConceptId("swapped"), Map.of(), body));
        Path cut = folder.resolve("lib/cut.npz");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 100));
        Path swapped = folder.resolve("lib/swapped.npz");
        Files.copy(
                folder.resolve("lib/added.npz"),
                swapped,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        ConceptLibrary again = open(10);
        assertThat(again.concepts())
                .extracting(LibraryConcept::name)
                .containsExactly(COLOUR, ADDED);
        assertThat(folder.resolve("lib/cut.npz.corrupt")).exists();
        assertThat(folder.resolve("lib/swapped.npz.corrupt")).exists();
        assertThat(again.examples(again.require(ADDED)).positives().inputs().rows()).isEqualTo(2);
    }

    @Test
    void examplesThatAreNotThoseUploadedAreNotUsed() throws IOException {
        ConceptLibrary library = open(10);
        keep(library, upload(ADDED, Map.of(), ExampleBodies.npz(rows(5, 6), rows(7, 8))));
        keep(
                library,
                upload(new ConceptId("b"), Map.of(), ExampleBodies.npz(rows(1, 6), rows(7, 8))));
        try (var zip = java.nio.file.FileSystems.newFileSystem(folder.resolve("lib/added.npz"))) {
            Files.write(zip.getPath("positives.npy"), Http.npy(rows(50, 60)));
        }
        assertThatThrownBy(() -> library.examples(library.require(ADDED)))
                .hasMessageContaining("other examples than were uploaded");
        assertThat(folder.resolve("lib/added.npz.corrupt")).exists();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badBodies")
    void badUploadsAreRefusedNamingTheEntryAndTheRule(String name, byte[] body, String... parts) {
        ConceptLibrary library = open(10);
        assertThatThrownBy(() -> library.read(upload(ADDED, Map.of(), body)))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_DATA))
                .hasMessageContainingAll(parts)
                .hasMessageContaining("(expected: ")
                .hasMessageNotContaining("\n");
        assertThat(library.concepts()).hasSize(1);
        assertThat(folder.resolve("lib")).doesNotExist();
    }

    static Stream<Arguments> badBodies() {
        byte[] good = ExampleBodies.png(2, 1);
        return Stream.of(
                arguments("empty", new byte[0], parts("body: 0 bytes that are no zip")),
                arguments("text", text("{}"), parts("body: 2 bytes that are no zip", "curl")),
                arguments(
                        "no positives",
                        images("negatives/a.png", good),
                        parts("concept added: positives: none (expected: positives/ with images")),
                arguments(
                        "no negatives",
                        images("positives/a.png", good),
                        parts("concept added: negatives: none")),
                arguments(
                        "one example",
                        images("positives/a.png", good, "negatives/a.png", good),
                        parts("concept added: positives/: 1 example (expected: at least 2)")),
                arguments(
                        "0 bytes",
                        images("positives/a.png", new byte[0]),
                        parts("positives/a.png: 0 bytes (expected: a PNG or JPEG image)")),
                arguments(
                        "text as image",
                        images("positives/a.jpg", text("abc")),
                        parts("positives/a.jpg: 3 other bytes")),
                arguments(
                        "not an image",
                        images("positives/notes.txt", text("abc")),
                        parts("positives/notes.txt: unexpected")),
                arguments(
                        "elsewhere", images("other/a.png", good), parts("other/a.png: unexpected")),
                arguments(
                        "parent",
                        images("positives/../../a.png", good),
                        parts("positives/../../a.png: not allowed")),
                arguments("root", images("/positives/a.png", good), parts("not allowed")),
                arguments("backslash", images("positives\\..\\a.png", good), parts("not allowed")),
                arguments(
                        "image of 17 MiB unpacked",
                        images("positives/a.png", new byte[17 << 20]),
                        parts("positives/a.png: over 16777216 bytes")),
                arguments(
                        "two axes",
                        ExampleBodies.npz(FloatTensor.zeros(3, 4), rows(1, 2)),
                        parts("concept added: positives.npy: [3, 4] (expected: [n, c, h, w])")),
                arguments(
                        "not finite",
                        ExampleBodies.npz(rows(1, Float.POSITIVE_INFINITY), rows(1, 2)),
                        parts("positives.npy[1]: Infinity (expected: finite values)")),
                arguments(
                        "positives are the negatives",
                        ExampleBodies.npz(rows(1, 2), rows(2, 1)),
                        parts("positives.npy: equal to negatives.npy")),
                arguments(
                        "shapes differ",
                        ExampleBodies.npz(rows(1, 2), FloatTensor.zeros(2, 1, 2, 2)),
                        parts("negatives.npy: [2, 1, 2, 2] (expected: [2, 1, 1, 1]")),
                arguments(
                        "array that claims memory",
                        images("positives.npy", text(claiming())),
                        parts("positives.npy: ")),
                arguments(
                        "bytes after an array",
                        images("positives.npy", joined(Http.npy(rows(1, 2)), new byte[3])),
                        parts("positives.npy: bytes after the array")),
                arguments(
                        "array and folder",
                        images("positives.npy", Http.npy(rows(1, 2)), "positives/a.png", good),
                        parts("positives.npy: beside positives/")),
                arguments(
                        "cut in an entry",
                        Arrays.copyOf(ExampleBodies.npz(rows(1, 2), rows(3, 4)), 60),
                        parts(
                                "concept added: positives.npy: cut off or damaged (expected: a"
                                        + " complete zip)")),
                arguments(
                        "cut between entries",
                        Arrays.copyOf(ExampleBodies.npz(rows(1, 2), rows(3, 4)), 150),
                        parts("body: cut off (expected: a complete zip)")));
    }

    @Test
    void whatAZipUnpacksToIsBoundedEvenWhereItIsIgnored() {
        byte[] bomb = images(".hidden", new byte[4 << 20], "positives/a.png", new byte[1]);
        assertThat(bomb).hasSizeLessThan(1 << 14);
        ExampleReader reader = new ExampleReader(new RedEncoder());
        assertThatThrownBy(() -> UploadReader.read(bomb, reader, 1 << 20))
                .hasMessage("body: unpacks to more (expected: at most 1048576 bytes)");
    }

    @Test
    void whatSystemsAddToZipsIsLeftOutAndOrderDoesNotMatter() {
        ConceptLibrary library = open(10);
        byte[] a = ExampleBodies.png(2, 1);
        byte[] b = ExampleBodies.png(2, 2);
        byte[] one =
                images(
                        "positives/a.png",
                        a,
                        "positives/b.png",
                        b,
                        "negatives/.DS_Store",
                        b,
                        "negatives/c.png",
                        ExampleBodies.png(2, 3),
                        "__MACOSX/x",
                        a,
                        "negatives/sub/d.png",
                        ExampleBodies.png(2, 4));
        byte[] other =
                images(
                        "negatives/sub/d.png",
                        ExampleBodies.png(2, 4),
                        "positives/b.png",
                        b,
                        "negatives/c.png",
                        ExampleBodies.png(2, 3),
                        "positives/a.png",
                        a);
        assertThat(library.read(upload(ADDED, Map.of(), one)).content())
                .isEqualTo(library.read(upload(ADDED, Map.of(), other)).content());
    }

    @Test
    void parametersAreCheckedByName() {
        for (Map<String, String> bad :
                List.of(
                        Map.of("kind", "svm"),
                        Map.of("cav", "pca"),
                        Map.of("pooling", "none"),
                        Map.of("seed", "-1"))) {
            String name = bad.keySet().iterator().next();
            assertThatThrownBy(() -> upload(ADDED, bad, new byte[0]))
                    .hasMessageStartingWith(name + ": ")
                    .hasMessageContaining("(expected: ");
        }
    }

    private ConceptLibrary open(int maxSeries) {
        ConceptSpec spec =
                new ConceptSpec(
                        COLOUR,
                        folder.resolve("p.npy"),
                        folder.resolve("n.npy"),
                        CavKind.SIGNAL,
                        Pooling.MAX);
        return ConceptLibrary.open(
                List.of(spec),
                new ExampleReader(new RedEncoder()),
                folder.resolve("lib"),
                maxSeries);
    }

    private static void keep(ConceptLibrary library, ConceptUpload upload) {
        ConceptExamples examples = library.read(upload);
        library.keep(library.describe(upload, examples, NOW), examples);
    }

    private static ConceptUpload upload(ConceptId name, Map<String, String> query, byte[] body) {
        return ConceptUpload.of(name, query, body);
    }

    private static FloatTensor rows(float first, float second) {
        return FloatTensor.of(new float[] {first, second}, 2, 1, 1, 1);
    }

    private static byte[] images(Object... namesAndBytes) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < namesAndBytes.length; i += 2) {
            entries.put((String) namesAndBytes[i], (byte[]) namesAndBytes[i + 1]);
        }
        return ExampleBodies.zip(entries);
    }

    private static String[] parts(String... parts) {
        return parts;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    /** An array's header that claims a billion values. */
    private static String claiming() {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1), }\n";
        return "\u0093NUMPY\u0001\0" + (char) header.length() + "\0" + header;
    }
}
