package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.core.torchscript.Refusals.attack;
import static org.plumbline.core.torchscript.Refusals.utf8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Code that touches files, hides a name from one of two readers, or overflows a stack. */
class HostileCodeTest {
    private static final Path GOOD = TestArchives.reference("small_cnn.trace");
    private static final String FILE = "code/__torch__/torch/nn/modules/pooling.py";

    @TempDir Path folder;

    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("torch.save", "torch.save", body("torch.save(x, \"f\")")),
                attack("save as a method", "line 5: save", body("x.save(\"f\")")),
                attack("save of a number", "1..save", body("1..save(\"f\")")),
                attack("save by getattr", "getattr of save", body("getattr(x, \"save\")(\"f\")")),
                attack(
                        "save by getattr of torch",
                        "getattr of save",
                        body("getattr(torch, \"save\")(x, \"f\")")),
                attack("save by another name", "line 5: torch", body("t = torch")),
                attack("save in brackets", "line 5: torch", body("(torch).save(x, \"f\")")),
                attack(
                        "save behind autograd",
                        "torch.autograd.save",
                        body("torch.autograd.save(x)")),
                attack("save by ops", "ops.aten.save", body("ops.aten.save(x, \"f\")")),
                attack("ops by another name", "line 5: ops", body("o = ops")),
                attack(
                        "save as a default",
                        "torch.save",
                        code(
                                "class C(Module):\n  def forward(self: __torch__.C,\n      x: int=torch.save(1, \"f\")) -> int:\n    return x\n")),
                attack(
                        "save as a constant",
                        "torch.save",
                        code("class C(Module):\n  x : Final[int] = torch.save(1, \"f\")\n")),
                attack(
                        "an attribute named save",
                        "line 4: save",
                        code(
                                "class C(Module):\n  save : Tensor\n  def forward(self: __torch__.C) -> Tensor:\n    return self.save\n")),
                attack(
                        "torch.from_file",
                        "torch.from_file",
                        body("torch.from_file(\"f\", True, 9)")),
                attack("torch.load", "torch.load", body("torch.load(\"f\")")),
                attack("a seed", "torch.manual_seed", body("torch.manual_seed(1)")),
                attack("unchecked indices", "_unsafe_index", body("torch._unsafe_index(x, [y])")),
                attack("foreign operators", "ops.evil.run", body("ops.evil.run(x)")),
                attack("quantized operators", "ops.quantized.add", body("ops.quantized.add(x, x)")),
                attack("collectives", "ops.c10d", body("ops.c10d.send(x)")),
                attack("remote calls", "ops.prim.rpc_async", body("ops.prim.rpc_async(x)")),
                attack("printing", "line 5: print", body("print(x)")),
                attack("threads", "line 5: fork", body("fork(x)")),
                attack("unknown function", "line 5: open", body("open(\"f\")")),
                attack("unknown method", "line 5: run", body("(x).run(1)")),
                attack("computed attribute", "computed name", body("getattr(x, y)")),
                attack("native classes", "torch.classes", body("__torch__.torch.classes.a.B(1)")),
                attack("constants by another name", "CONSTANTS", body("c = CONSTANTS")),
                attack("code run on loading", "__setstate__", body("__setstate__(x)")),
                attack("code run on saving", "__getstate__", body("__getstate__(x)")),
                attack("triple quotes", "triple quotes", body("y = \"\"\"a\"\"\"")),
                attack("letters of other scripts", "line 5: s\u0430ve", body("x.s\u0430ve(\"f\")")),
                attack("a name with NUL", "line 5: sa?ve", body("x.sa\0ve(\"f\")")),
                attack("open string", "open string", body("y = \"abc")),
                attack("unbalanced bracket", "unbalanced", body("y = (1")),
                attack("class without a name", "code", code("class\n")),
                attack(
                        "method without a body",
                        "a body",
                        code("class C(Module):\n  def f(self: C):\n")),
                attack(
                        "attributes without a name",
                        "code",
                        code("class C(Module):\n  __annotations__[] = int\n")),
                attack(
                        "200 k brackets",
                        "deeper than 200",
                        body("y = " + nested("(", 100_000, ")"))),
                attack(
                        "30 k brackets on as many lines",
                        "deeper than 200",
                        body("y = " + nested("(\n", 30_000, ")"))),
                attack("30 k additions", "nested too deep", body("y = 1" + "+1".repeat(30_000))),
                attack(
                        "a chain of attributes",
                        "nested too deep",
                        body("y = x" + ".size".repeat(500))),
                attack("a chain of calls", "nested too deep", body("y = x" + "()".repeat(500))),
                attack("a chain of elif", "nested too deep", body(elifs(500))),
                attack("1 k nested blocks", "nested too deep", body(blocks(1_000))),
                attack("a line of 70 kB", "line over", body("y = " + "1".repeat(70_000))),
                attack("10,000 classes", "10016 classes", code(classes(10_000))),
                attack("3 MB of commas", "tokens", code(",\n,".repeat(1 << 20))),
                attack(
                        "17 MB of code in files of 3 MB",
                        "at most",
                        good -> {
                            byte[] comment = utf8("# a comment\n".repeat((3 << 20) / 12));
                            for (int i = 0; i < 6; i++) {
                                good.add("small_cnn.trace/code/x" + i + ".py", comment);
                            }
                            return good.bytes();
                        }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void isRefused(String name, String reason, Refusals.Attack attack) throws IOException {
        Refusals.assertRefused(GOOD, attack, reason, folder);
    }

    @Test
    void aRefusalNamesOperatorFileAndLine() throws IOException {
        Path file =
                ArchiveForge.of(GOOD)
                        .put("pooling.py", forward("torch.save(x, \"f\")"))
                        .write(folder);

        assertThat(Refusals.open(file).failure())
                .hasValueSatisfying(
                        e -> assertThat(e).hasMessageContaining(FILE + " line 5: torch.save"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "y = torch.conv2d(x, x, None, [1, 1], [0, 0], [1, 1], 1)",
                "y = torch.autograd.grad([x], [x])",
                "y = ops.prim.NumToTensor(torch.size(x, 0))",
                "y = annotate(List[Tensor], [x])",
                "y = torch.append([1.5e-3, 2., 3], 1)",
                "y = getattr(self, \"training\")",
                "y = __torch__.torch.nn.functional.relu(x, )",
                "_0 = __torch__.torch.nn.functional.relu\n    y = _0(x, )",
                "ops.prim.RaiseException(\"(]\")",
                "y = \"a string that says torch.save(x)\""
            })
    void whatExportersPrintIsRead(String line) throws IOException {
        Path file = ArchiveForge.of(GOOD).put("pooling.py", forward(line)).write(folder);

        assertThat(Refusals.open(file).failure()).isEmpty();
    }

    private static Refusals.Attack body(String line) {
        return good -> good.put("pooling.py", forward(line)).bytes();
    }

    private static Refusals.Attack code(String text) {
        return good -> good.put("pooling.py", utf8(text)).bytes();
    }

    private static byte[] forward(String line) {
        return utf8(
                """
                class C(Module):
                  training : bool
                  def forward(self: __torch__.torch.nn.modules.pooling.C,
                      x: Tensor) -> Tensor:
                    %s
                    return x
                """
                        .formatted(line));
    }

    private static String nested(String open, int times, String close) {
        return open.repeat(times) + "1" + close.repeat(times);
    }

    private static String elifs(int times) {
        return "if x:\n      y = 1\n" + "    elif x:\n      y = 1\n".repeat(times);
    }

    private static String blocks(int times) {
        StringBuilder text = new StringBuilder("if x:\n");
        for (int i = 5; i < times; i++) {
            text.append(" ".repeat(i)).append("if x:\n");
        }
        return text.toString();
    }

    private static String classes(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("class C").append(i).append("(Module):\n  training : bool\n");
        }
        return text.toString();
    }
}
