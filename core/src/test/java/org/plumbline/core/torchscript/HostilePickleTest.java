package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.core.torchscript.Refusals.attack;
import static org.plumbline.core.torchscript.Refusals.utf8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Pickles that run code elsewhere, overflow the native reader's stack or reach foreign memory. */
class HostilePickleTest {
    private static final Path GOOD = TestArchives.reference("small_cnn.trace");
    private static final long STORED = 324; // floats of data/0, a convolution of 12 filters 3x3x3

    @TempDir Path folder;

    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("os.system", "posix.system", good -> raw(good, "cposix\nsystem\n.")),
                attack("eval", "builtins.eval", good -> raw(good, "cbuiltins\neval\n.")),
                attack(
                        "a native extension's class",
                        "__torch__.torch.classes.x.Y",
                        good -> raw(good, "c__torch__.torch.classes.x\nY\n.")),
                attack("unknown opcode", "opcode 0x95", good -> raw(good, "\u0095.")),
                attack("POP, which hides a tensor", "opcode 0x30", good -> raw(good, "N0N.")),
                attack("mark without a start", "no mark", good -> raw(good, "t.")),
                attack("memo never written", "memo", good -> raw(good, "h\u0007.")),
                attack(
                        "memo key of four billion",
                        "memo key 4294967295",
                        good -> raw(good, "Nr\u00ff\u00ff\u00ff\u00ff.")),
                attack("stack underflow", "underflow", good -> raw(good, "\u0086.")),
                attack("values left over", "left over", good -> raw(good, "NN.")),
                attack(
                        "an object built twice",
                        "built twice",
                        good -> raw(good, "c__torch__\nM\n)\u0081}b}b.")),
                attack(
                        "arguments of a new object",
                        "arguments",
                        good -> raw(good, "c__torch__\nM\nN\u0085\u0081.")),
                attack(
                        "empty pickle",
                        "truncated",
                        good -> good.put("/data.pkl", new byte[0]).bytes()),
                attack("text of 2 GB", "text of", good -> raw(good, "X\u00ff\u00ff\u00ff\u007f.")),
                attack("a number of 255 bytes", "255 bytes", good -> raw(good, "\u008a\u00ff.")),
                attack(
                        "2 M nested tuples",
                        "more than 1000000 values",
                        good -> raw(good, "N" + "\u0085".repeat(2_000_000) + ".")),
                attack(
                        "100 k nested tuples",
                        "nested deeper",
                        good -> raw(good, "N" + "\u0085".repeat(100_000) + ".")),
                attack(
                        "1 M nested lists",
                        "more than 1000000 values",
                        good -> lists(good, 1_000_001)),
                attack("100 k nested lists", "nested deeper", good -> lists(good, 100_000)),
                attack(
                        "a list inside itself",
                        "nested deeper",
                        good -> good.put("/constants.pkl", pickle("]q\u0000h\u0000a.")).bytes()),
                attack(
                        "a type of 300 k brackets",
                        "a type of",
                        good ->
                                good.put(
                                                "/constants.pkl",
                                                new PickleForge()
                                                        .global(
                                                                "torch.jit._pickle",
                                                                "restore_type_tag")
                                                        .raw("(]")
                                                        .text("List[".repeat(60_000))
                                                        .raw("tR.")
                                                        .bytes())
                                        .bytes()),
                attack("no module at the root", "no module", good -> raw(good, "N.")),
                attack("a storage of its path", "missing", good -> tensor(good, "../data.pkl", 1)),
                attack("a storage that is missing", "missing", good -> tensor(good, "x", 1)),
                attack(
                        "data/0 shorter than its tensor",
                        "data/0: 8 bytes",
                        good -> good.put("/data/0", new byte[8]).bytes()),
                attack("numel beyond the record", "data/0", good -> tensor(good, "0", STORED + 1)),
                attack("huge numel", "fewer bytes", good -> tensor(good, "0", Long.MAX_VALUE)),
                attack("negative offset", "at least 0", good -> tensor(good, -1, 36, 9, 9, 1)),
                attack("offset beyond", "elements", good -> tensor(good, 1, 36, 9, 9, 1)),
                attack("negative size", "at least 0", good -> tensor(good, 0, -36, 9, 9, 1)),
                attack("negative stride", "at least 0", good -> tensor(good, 0, 36, 9, -9, 1)),
                attack("strides beyond", "elements", good -> tensor(good, 0, 36, 9, 10, 1)),
                attack("strides crossing", "elements", good -> tensor(good, 0, 36, 9, 9, 36)),
                attack(
                        "sizes that overflow",
                        "fewer bytes",
                        good -> tensor(good, 0, 1L << 40, 1L << 40, 0, 0)),
                attack(
                        "one number seen as a terabyte",
                        "memory budget",
                        good -> tensor(good, 0, 1L << 19, 1L << 19, 0, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void isRefused(String name, String reason, Refusals.Attack attack) throws IOException {
        Refusals.assertRefused(GOOD, attack, reason, folder);
    }

    /** A classifier of ten thousand classes is no attack. */
    @Test
    void tenThousandOutputClassesAreRead() throws IOException {
        long[] shape = {10_000, 16};
        byte[] data =
                PickleForge.module(PickleForge.tensor("0", 160_000, 0, shape, new long[] {16, 1}));
        Path file =
                ArchiveForge.of(GOOD)
                        .put("/data.pkl", data)
                        .put("/data/0", new byte[160_000 * Float.BYTES])
                        .add(
                                "small_cnn.trace/code/__torch__.py",
                                utf8(
                                        "class M(Module):\n  __parameters__ = [\"weight\", ]\n  weight : Tensor\n"))
                        .write(folder);

        assertThat(Refusals.open(file).failure()).isEmpty();
        try (Archive archive = Archive.open(file)) {
            assertThat(archive.parameters())
                    .singleElement()
                    .extracting(StoredTensor::shape)
                    .isEqualTo(List.of(10_000L, 16L));
        }
    }

    private static byte[] raw(ArchiveForge good, String opcodes) throws IOException {
        return good.put("/data.pkl", pickle(opcodes)).bytes();
    }

    private static byte[] pickle(String opcodes) {
        return ("\u0080\u0002" + opcodes).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] lists(ArchiveForge good, int times) throws IOException {
        return good.put("/constants.pkl", pickle("]".repeat(times) + "a".repeat(times - 1) + "."))
                .bytes();
    }

    private static byte[] tensor(ArchiveForge good, String key, long numel) throws IOException {
        PickleForge tensor = PickleForge.tensor(key, numel, 0, new long[] {1}, new long[] {1});
        return good.put("/data.pkl", PickleForge.module(tensor)).bytes();
    }

    private static byte[] tensor(
            ArchiveForge good, long offset, long rows, long columns, long stride, long step)
            throws IOException {
        long[] shape = {rows, columns};
        long[] strides = {stride, step};
        PickleForge tensor = PickleForge.tensor("0", STORED, offset, shape, strides);
        return good.put("/data.pkl", PickleForge.module(tensor)).bytes();
    }
}
