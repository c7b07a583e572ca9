package org.plumbline.core.torchscript.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

class SourceFileTest {
    private static final String CODE =
            """
            class Net(Module):
              __parameters__ = ["scale", ]
              __buffers__ = []
              scale : Tensor
              size : Final[int] = 3
              __annotations__["0"] = __torch__.b.Conv
              def forward(s: __torch__.a.Net,
                x: Tensor,
                y: Optional[Tensor]=None) -> Tuple[Tensor, int]:
                _0 = getattr(s, "0")
                w = _0.weight
                t = "a ) ( string"
                a, b, = (_0).forward((s).help(x, alpha=1), )
                if torch.gt(b, 1.5e-05):
                  a0 = torch.add_(a, 1)
                else:
                  a0 = a
                return (_0).forward1(a0, )
            def free(x: Tensor) -> Tensor:
              return x
            class Second(Module):
              def run(self: __torch__.a.Second) -> int:
                return 1
            """;

    private final SourceFile file = SourceFile.parse("code/__torch__/a.py", CODE);
    private final ClassSource net = file.classes().get(0);
    private final MethodSource forward = net.method("forward").orElseThrow();

    @Test
    void classesAttributesAndParametersAreRead() {
        assertThat(file.classes())
                .extracting(ClassSource::qualifiedName)
                .containsExactly("__torch__.a.Net", "__torch__.a.Second");
        assertThat(net.attributes())
                .containsEntry("scale", "Tensor")
                .containsEntry("0", "__torch__.b.Conv");
        assertThat(net.parameters()).containsExactly("scale");
        assertThat(net.simpleName()).isEqualTo("Net");
    }

    @Test
    void signaturesKeepTypesAndDropDefaults() {
        assertThat(forward.self()).isEqualTo("s");
        assertThat(forward.parameters())
                .containsExactly(
                        new Parameter("x", "Tensor"), new Parameter("y", "Optional[Tensor]"));
        assertThat(forward.returnType()).isEqualTo("Tuple[Tensor, int]");
    }

    @Test
    void methodsGoBehindTheLastOne() {
        assertThat(CODE.substring(net.end())).startsWith("def free");
    }

    @Test
    void aliasesAreFollowedFromSelf() {
        assertThat(forward.aliasPaths())
                .containsEntry("_0", List.of("0"))
                .containsEntry("w", List.of("0", "weight"))
                .doesNotContainKey("t");
    }

    @Test
    void callsAreFoundNestedAndAfterReturn() {
        Statement pair = forward.body().get(3);
        assertThat(pair.assigned()).containsExactly("a", "b");
        assertThat(pair.calls())
                .extracting(c -> c.receiver() + "." + c.method().text())
                .containsExactly("_0.forward", "s.help");
        Statement last = forward.body().get(forward.body().size() - 1);
        assertThat(last.calls()).extracting(c -> c.method().text()).containsExactly("forward1");
        CallSite call = last.calls().get(0);
        assertThat(file.text(call.argumentsStart(), call.argumentsEnd())).isEqualTo("a0, ");
    }

    @Test
    void usedNamesLeaveOutAttributesAndTargets() {
        assertThat(forward.body().get(3).used()).contains("_0", "s", "x").doesNotContain("a");
        assertThat(forward.body().get(1).used()).containsExactly("_0");
    }

    @Test
    void plainValuesAreNamesAttributesAndLiterals() {
        assertThat(forward.body().subList(0, 3)).allMatch(Statement::isPlain);
        assertThat(forward.body().get(3).isPlain()).isFalse();
    }

    @Test
    void blocksKeepTheirIndentation() {
        assertThat(forward.body())
                .extracting(Statement::indent)
                .containsExactly(4, 4, 4, 4, 4, 6, 4, 6, 4);
    }

    @Test
    void blocksAroundAStatementAreFoundInnermostFirst() {
        List<Statement> body =
                body(
                        """
                            for i in range(3):
                              if b:
                                y = 1
                              else:
                                z = 2
                            v = 3
                        """);
        assertThat(Block.around(body, body.get(4)))
                .containsExactly(new Block(body.get(1), true), new Block(body.get(0), false));
        assertThat(Block.around(body, body.get(2)))
                .containsExactly(new Block(body.get(1), false), new Block(body.get(0), false));
        assertThat(Block.around(body, body.get(4))).extracting(Block::isBranch).contains(true);
        assertThat(Block.around(body, body.get(5))).isEmpty();
    }

    @Test
    void typedAssignmentsAssignOneName() {
        Statement typed = body("    aux : Optional[Tensor] = (m).forward(x, )\n").get(0);
        assertThat(typed.assigned()).containsExactly("aux");
        assertThat(typed.used()).containsExactly("m", "x");
        assertThat(typed.value().get(0).text()).isEqualTo("(");
        Statement condition = body("    if aux:\n      pass\n").get(0);
        assertThat(condition.assigned()).isEmpty();
    }

    @Test
    void listsThatGrowAndLiteralsThatMakeThemAreTold() {
        assertThat(body("    _1 = torch.append(all, x)\n").get(0).changedInPlace())
                .containsExactly("all");
        assertThat(body("    y = torch.add(all, x)\n").get(0).changedInPlace()).isEmpty();
        assertThat(body("    all = annotate(List[Tensor], [])\n").get(0).buildsCollection())
                .isTrue();
        assertThat(body("    all = [x, y]\n").get(0).buildsCollection()).isTrue();
        assertThat(body("    y = annotate(Tensor, x)\n").get(0).buildsCollection()).isFalse();
    }

    private static List<Statement> body(String statements) {
        String code = "class A(Module):\n  def f(self: __torch__.a.A) -> int:\n" + statements;
        ClassSource type = SourceFile.parse("code/__torch__/a.py", code).classes().get(0);
        return type.method("f").orElseThrow().body();
    }

    @Test
    void aSignatureWithoutTypesIsRefused() {
        SourceFile bad =
                SourceFile.parse(
                        "code/__torch__/a.py", "class A(Module):\n  def f(self) -> int:\n    1\n");
        assertThatThrownBy(bad::classes).hasMessageContaining("a.py");
    }
}
