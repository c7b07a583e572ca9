package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Files that crash the native loader, read foreign memory, touch files or explode when unpacked.
 */
class HostileArchiveTest {
    private static final Path GOOD = TestArchives.reference("small_cnn.trace");

    @TempDir Path folder;

    private interface Attack {
        byte[] on(ArchiveForge good) throws IOException;
    }

    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("empty file", "zip file", good -> new byte[0]),
                attack("text", "zip file", good -> "not a zip".repeat(99).getBytes(UTF)),
                attack("truncated zip", "zip", HostileArchiveTest::half),
                attack("no data.pkl", "data.pkl", good -> good.remove("/data.pkl").bytes()),
                attack(
                        "no constants.pkl",
                        "constants",
                        good -> good.remove("constants.pkl").bytes()),
                attack("missing storage", "data/0", good -> good.remove("/data/0").bytes()),
                attack(
                        "storage shorter than its tensor",
                        "data/0",
                        good -> good.put("/data/0", new byte[8]).bytes()),
                attack(
                        "callable outside the allowlist",
                        "posix.system",
                        good -> good.put("/data.pkl", pickle("cposix\nsystem\n.")).bytes()),
                attack(
                        "unknown opcode",
                        "opcode",
                        good -> good.put("/data.pkl", pickle("\u0080\u0002\u0095.")).bytes()),
                attack(
                        "memo never written",
                        "memo",
                        good -> good.put("/data.pkl", pickle("\u0080\u0002h\u0007.")).bytes()),
                attack(
                        "stack underflow",
                        "underflow",
                        good -> good.put("/data.pkl", pickle("\u0080\u0002\u0086.")).bytes()),
                attack("truncated pickle", "truncated", HostileArchiveTest::halfPickle),
                attack(
                        "nested tuples",
                        "nested deeper",
                        good -> good.put("/data.pkl", nested("N", "\u0085", 2_000_000)).bytes()),
                attack(
                        "nested lists",
                        "nested deeper",
                        good -> good.put("/constants.pkl", nestedLists(100_000)).bytes()),
                attack("negative offset", "at least 0", HostileArchiveTest::negativeOffset),
                attack("sizes beyond the storage", "bytes", HostileArchiveTest::hugeShape),
                attack(
                        "nested brackets",
                        "deeper than 200",
                        good -> code(good, "x = " + "(".repeat(300) + "1" + ")".repeat(300))),
                attack("long line", "line over", good -> code(good, "x = " + "1".repeat(70_000))),
                attack("open string", "open string", good -> code(good, "x = \"abc")),
                attack("unbalanced bracket", "unbalanced", good -> code(good, "x = (1")),
                attack("torch.save", "torch.save", good -> code(good, "torch.save(x, \"/tmp/f\")")),
                attack(
                        "torch.from_file",
                        "torch.from_file",
                        good -> code(good, "y = torch.from_file(\"/tmp/f\", True, 9)")),
                attack("foreign operators", "ops.evil", good -> code(good, "y = ops.evil.run(x)")),
                attack(
                        "__setstate__",
                        "__setstate__",
                        good ->
                                good.replaceText("pooling.py", "def forward", "def __setstate__")
                                        .bytes()),
                attack("absolute name", "relative", good -> good.add("/etc/x", ONE).bytes()),
                attack(
                        "escaping name",
                        "relative",
                        good -> good.add("small_cnn.trace/../../x", ONE).bytes()),
                attack("two roots", "one root", good -> good.add("other/x", ONE).bytes()),
                attack("duplicate name", "unique", HostileArchiveTest::duplicate),
                attack("encrypted entry", "encrypted", HostileArchiveTest::encrypted),
                attack("wrong checksum", "checksum", HostileArchiveTest::wrongChecksum),
                attack(
                        "big endian",
                        "little",
                        good -> good.add("small_cnn.trace/byteorder", "big".getBytes(UTF)).bytes()),
                attack("too many classes", "classes", HostileArchiveTest::manyClasses),
                attack(
                        "code bomb",
                        "at most",
                        good -> good.put("pooling.py", new byte[20 << 20]).deflated().bytes()));
    }

    private static final Charset UTF = StandardCharsets.UTF_8;
    private static final byte[] ONE = {1};

    private static Arguments attack(String name, String reason, Attack attack) {
        return Arguments.of(name, reason, attack);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void isRefusedWithAReasonBeforeItIsLoaded(String name, String reason, Attack attack)
            throws IOException {
        Path file = Files.write(folder.resolve("hostile.pt"), attack.on(ArchiveForge.of(GOOD)));

        assertThatThrownBy(() -> Archive.open(file).close())
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_ARCHIVE))
                .hasMessageContaining(reason)
                .hasMessageContaining("expected");
    }

    @Test
    void aBombOfTensorsBeyondTheBudgetIsRefused() {
        ArchiveLimits small =
                new ArchiveLimits(
                        ArchiveLimits.DEFAULT.zip(), 1 << 20, 1 << 20, 1 << 20, 1_000, 1_000);

        assertThatThrownBy(() -> Archive.open(GOOD, small).close())
                .hasMessageContaining("memory budget");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> Archive.open(folder.resolve("none.pt")).close())
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("none.pt");
    }

    private static byte[] half(ArchiveForge good) throws IOException {
        byte[] whole = good.bytes();
        return Arrays.copyOf(whole, whole.length / 2);
    }

    private static byte[] halfPickle(ArchiveForge good) throws IOException {
        byte[] whole = good.content("/data.pkl");
        return good.put("/data.pkl", Arrays.copyOf(whole, whole.length / 2)).bytes();
    }

    private static byte[] pickle(String opcodes) {
        return opcodes.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] nested(String seed, String wrap, int times) {
        return pickle("\u0080\u0002" + seed + wrap.repeat(times) + ".");
    }

    private static byte[] nestedLists(int times) {
        return pickle("\u0080\u0002" + "]".repeat(times) + "a".repeat(times - 1) + ".");
    }

    /** The first tensor's offset, {@code BININT1 0} before its sizes, becomes {@code BININT -4}. */
    private static byte[] negativeOffset(ArchiveForge good) throws IOException {
        byte[] whole = good.content("/data.pkl");
        int at = firstOffset(whole);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(whole, 0, at);
        out.write(new byte[] {'J', -4, -1, -1, -1});
        out.write(whole, at + 2, whole.length - at - 2);
        return good.put("/data.pkl", out.toByteArray()).bytes();
    }

    private static byte[] hugeShape(ArchiveForge good) throws IOException {
        byte[] whole = good.content("/data.pkl").clone();
        int sizes = firstOffset(whole) + 3; // offset, mark, then BININT1 size
        whole[sizes + 1] = (byte) 255;
        return good.put("/data.pkl", whole).bytes();
    }

    /** {@code BINPERSID, BINPUT n, BININT1 0, MARK}: returns the place of {@code BININT1}. */
    private static int firstOffset(byte[] pickle) {
        for (int i = 0; i + 3 < pickle.length; i++) {
            boolean persid = pickle[i] == 'Q';
            int at = pickle[i + 1] == 'q' ? i + 3 : i + 1;
            if (persid && pickle[at] == 'K' && pickle[at + 1] == 0 && pickle[at + 2] == '(') {
                return at;
            }
        }
        throw new AssertionError("no tensor of offset 0");
    }

    private static byte[] code(ArchiveForge good, String line) throws IOException {
        return good.put("pooling.py", (line + "\n").getBytes(UTF)).bytes();
    }

    private static byte[] manyClasses(ArchiveForge good) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            text.append("class C").append(i).append("(Module):\n  training : bool\n");
        }
        return good.put("pooling.py", text.toString().getBytes(UTF)).bytes();
    }

    /** {@code data/0} and {@code data/1} get the same name, in both headers. */
    private static byte[] duplicate(ArchiveForge good) throws IOException {
        byte[] zip = good.bytes();
        byte[] from = "small_cnn.trace/data/1".getBytes(UTF);
        for (int i = 0; i + from.length < zip.length; i++) {
            boolean next = Character.isDigit(zip[i + from.length]);
            if (!next && Arrays.equals(zip, i, i + from.length, from, 0, from.length)) {
                zip[i + from.length - 1] = '0';
            }
        }
        return zip;
    }

    private static byte[] encrypted(ArchiveForge good) throws IOException {
        byte[] zip = good.bytes();
        zip[centralHeader(zip) + 8] |= 1;
        return zip;
    }

    private static byte[] wrongChecksum(ArchiveForge good) throws IOException {
        byte[] zip = good.bytes();
        byte[] name = good.name("/data.pkl").getBytes(UTF);
        for (int at = centralHeader(zip); at < zip.length; at++) {
            if (Arrays.equals(zip, at, at + name.length, name, 0, name.length)) {
                zip[at - 46 + 16]++;
                return zip;
            }
        }
        throw new AssertionError("no data.pkl in the directory");
    }

    private static int centralHeader(byte[] zip) {
        for (int i = 0; i + 4 < zip.length; i++) {
            if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) {
                return i;
            }
        }
        throw new AssertionError("no central header");
    }
}
