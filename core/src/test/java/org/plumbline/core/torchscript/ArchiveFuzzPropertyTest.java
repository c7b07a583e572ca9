package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Random damage to real archives: refused with a reason, or whole in the eyes of another reader.
 * Never another exception, never much memory.
 */
class ArchiveFuzzPropertyTest {
    private static final List<Path> ARCHIVES =
            List.of(
                    TestArchives.small("residual"),
                    TestArchives.small("plain"),
                    TestArchives.small("branch"),
                    TestArchives.reference("small_cnn.script"));
    private static final byte[] OPCODES =
            "\u0080X\u008aKMJGN\u0088\u0089()\u0085\u0086\u0087t]ae}suqrhjcQR\u0081b.0"
                    .getBytes(StandardCharsets.ISO_8859_1);
    private static final List<String> TOKENS =
            List.of(
                    "torch.save",
                    "(",
                    ")",
                    "[",
                    ":",
                    ".",
                    ",",
                    "=",
                    "\"",
                    "'",
                    "#",
                    "class",
                    "def",
                    "return",
                    "while",
                    "if",
                    "self",
                    "x",
                    "getattr",
                    "ops.",
                    "__torch__",
                    "1e9",
                    "\n",
                    "\n  ",
                    "\n    ",
                    "->",
                    "__annotations__",
                    "__parameters__",
                    "\\",
                    "\0");

    @TempDir Path folder;

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damageIsRefusedOrHarmless(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path file = Files.write(folder.resolve("damaged.pt"), damaged(random));
        Refusals.Opened opened = Refusals.open(file);

        assertThat(opened.allocated()).isLessThan(Refusals.MOST_ALLOCATED);
        if (opened.failure().isPresent()) {
            assertThat(opened.failure().get().getMessage()).contains("(expected: ");
        } else {
            assertWhole(file);
        }
    }

    /** The promises of an opened archive, checked with the JDK's zip reader and plain loops. */
    private static void assertWhole(Path file) throws IOException {
        Set<String> names = new HashSet<>();
        try (ZipFile zip = new ZipFile(file.toFile());
                Archive archive = Archive.open(file)) {
            for (ZipEntry entry : zip.stream().toList()) {
                assertThat(names.add(entry.getName().toLowerCase(Locale.ROOT))).isTrue();
                assertThat(entry.getName()).doesNotContain("..").doesNotStartWith("/");
                try (InputStream in = zip.getInputStream(entry)) {
                    byte[] content = in.readAllBytes(); // checks the CRC-32
                    assertThat(content).hasSize(Math.toIntExact(entry.getSize()));
                    if (entry.getName().endsWith(".py")) {
                        assertHarmless(new String(content, StandardCharsets.UTF_8));
                    }
                }
            }
            for (StoredTensor tensor : archive.tensors().values()) {
                assertInside(tensor, archive);
            }
        }
    }

    private static void assertHarmless(String code) {
        String withoutStrings = code.replaceAll("\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*", "");
        assertThat(withoutStrings).doesNotContainPattern("\\b(save|from_file|__setstate__)\\b");
    }

    private static void assertInside(StoredTensor tensor, Archive archive) throws IOException {
        long last = tensor.offset();
        boolean empty = false;
        for (int i = 0; i < tensor.shape().size(); i++) {
            assertThat(tensor.strides().get(i)).isNotNegative();
            empty |= tensor.shape().get(i) == 0;
            last += (tensor.shape().get(i) - 1) * tensor.strides().get(i);
        }
        long bytes = archive.read("data/" + tensor.key(), 1 << 30).orElseThrow().length;
        assertThat(tensor.offset()).isNotNegative();
        assertThat(empty || (last + 1) * tensor.kind().bytes() <= bytes).isTrue();
    }

    private static byte[] damaged(SplittableRandom random) throws IOException {
        ArchiveForge forge = ArchiveForge.of(ARCHIVES.get(random.nextInt(ARCHIVES.size())));
        if (random.nextInt(4) == 0) {
            forge.deflated();
        }
        switch (random.nextInt(8)) {
            case 0 -> forge.put("/data.pkl", flipped(forge.content("/data.pkl"), random));
            case 1 -> forge.put("/data.pkl", opcodes(forge.content("/data.pkl"), random));
            case 2 -> forge.put("/constants.pkl", opcodes(forge.content("/data.pkl"), random));
            case 3 -> forge.put(".py", flipped(forge.content(".py"), random));
            case 4, 5 -> forge.put(".py", tokens(forge.content(".py"), random));
            case 6 ->
                    forge.put(
                            "/data/0",
                            spliced(forge.content("/data/0"), forge.content("/data.pkl"), random));
            default -> {
                return file(forge.bytes(), random);
            }
        }
        return forge.bytes();
    }

    /** Bytes changed, cut off, or a part written over another. */
    private static byte[] file(byte[] whole, SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> flipped(whole, random);
            case 1 -> Arrays.copyOf(whole, random.nextInt(whole.length));
            default -> spliced(whole, whole, random);
        };
    }

    private static byte[] flipped(byte[] content, SplittableRandom random) {
        byte[] copy = content.clone();
        int flips = random.nextInt(1, 12);
        for (int i = 0; i < flips; i++) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
        }
        return copy;
    }

    private static byte[] opcodes(byte[] content, SplittableRandom random) {
        byte[] copy = content.clone();
        int changes = random.nextInt(1, 6);
        for (int i = 0; i < changes; i++) {
            copy[random.nextInt(copy.length)] = OPCODES[random.nextInt(OPCODES.length)];
        }
        return copy;
    }

    private static byte[] spliced(byte[] content, byte[] other, SplittableRandom random) {
        int from = random.nextInt(content.length);
        int at = random.nextInt(other.length);
        int length = random.nextInt(other.length - at);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(content, 0, from);
        out.write(other, at, length);
        int rest = Math.min(content.length, from + (random.nextBoolean() ? length : 0));
        out.write(content, rest, content.length - rest);
        return out.toByteArray();
    }

    private static byte[] tokens(byte[] content, SplittableRandom random) {
        StringBuilder code = new StringBuilder(new String(content, StandardCharsets.UTF_8));
        int changes = random.nextInt(1, 6);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(code.length());
            int end = Math.min(code.length(), at + random.nextInt(8));
            code.replace(at, end, TOKENS.get(random.nextInt(TOKENS.size())));
        }
        return code.toString().getBytes(StandardCharsets.UTF_8);
    }
}
