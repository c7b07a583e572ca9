package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Statement;
import org.plumbline.core.torchscript.source.Token;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes the convolutions and matrix products in methods take their operands as bfloat16 and hand
 * their result on as float32. Those in functions outside of classes stay as they are. Confined to
 * one thread.
 */
public final class Narrowing {
    /** A tensor, or a tensor or none: the code does not say which a bias is. */
    private enum Operand {
        TENSOR,
        OPTIONAL
    }

    private static final List<Operand> PAIR = List.of(Operand.TENSOR, Operand.TENSOR);
    private static final List<Operand> SUM =
            List.of(Operand.TENSOR, Operand.TENSOR, Operand.TENSOR);
    private static final List<Operand> LAYER =
            List.of(Operand.TENSOR, Operand.TENSOR, Operand.OPTIONAL);

    /** Leading arguments of each operator. */
    private static final Map<String, List<Operand>> OPERATORS =
            Map.ofEntries(
                    Map.entry("torch.conv1d", LAYER),
                    Map.entry("torch.conv2d", LAYER),
                    Map.entry("torch.conv3d", LAYER),
                    Map.entry("torch.conv_transpose1d", LAYER),
                    Map.entry("torch.conv_transpose2d", LAYER),
                    Map.entry("torch.conv_transpose3d", LAYER),
                    Map.entry("torch._convolution", LAYER),
                    Map.entry("torch.convolution", LAYER),
                    Map.entry("torch.linear", LAYER),
                    Map.entry("torch.addmm", SUM),
                    Map.entry("torch.baddbmm", SUM),
                    Map.entry("torch.matmul", PAIR),
                    Map.entry("torch.mm", PAIR),
                    Map.entry("torch.bmm", PAIR));

    private static final String NARROWED = "plumbline_narrowed";
    private static final String TO_BFLOAT16 = ", 15, False, False, None)";
    private static final String TO_FLOAT32 = ", 6, False, False, None)";

    private final Additions additions;
    private final Map<SourceFile, Brackets> brackets = new HashMap<>();
    private int found;

    /** Takes the additions, which {@link #finish} puts its changes among; borrowed. */
    public Narrowing(Additions additions) {
        this.additions = additions;
    }

    /** Narrows the operators in the methods of a class. */
    public void of(ClassSource type) {
        int before = found;
        for (MethodSource method : type.methods().values()) {
            for (Statement statement : method.body()) {
                narrow(type.file(), statement.tokens(), method.self());
            }
        }
        if (found > before) {
            additions.add(
                    type,
                    "self",
                    NARROWED,
                    List.of("pl_x: Optional[Tensor]"),
                    "Optional[Tensor]",
                    List.of(
                            "if torch.__is__(pl_x, None):",
                            "  pl_r = annotate(Optional[Tensor], None)",
                            "else:",
                            "  pl_t = torch.to(unchecked_cast(Tensor, pl_x)" + TO_BFLOAT16,
                            "  pl_r = annotate(Optional[Tensor], pl_t)",
                            "return pl_r"));
        }
    }

    /** Puts the changes among the additions; returns how many operators were found. */
    public int finish() {
        brackets.forEach((file, around) -> around.into(additions, file));
        return found;
    }

    private void narrow(SourceFile file, List<Token> tokens, String self) {
        Brackets around = brackets.computeIfAbsent(file, f -> new Brackets());
        for (int i = 0; i < tokens.size(); i++) {
            Optional<FunctionCall> call = FunctionCall.at(tokens, i);
            if (call.filter(c -> OPERATORS.containsKey(c.function())).isPresent()) {
                narrow(call.get(), tokens, i, self, around);
                found++;
            }
        }
    }

    private static void narrow(
            FunctionCall call, List<Token> tokens, int from, String self, Brackets around) {
        around.put(tokens.subList(from, call.close() + 1), "torch.to(", TO_FLOAT32);
        List<Operand> operands = OPERATORS.getOrDefault(call.function(), List.of());
        List<List<Token>> arguments = call.arguments(tokens);
        for (int k = 0; k < Math.min(operands.size(), arguments.size()); k++) {
            if (operands.get(k) == Operand.TENSOR) {
                around.put(arguments.get(k), "torch.to(", TO_BFLOAT16);
            } else {
                around.put(arguments.get(k), "(" + self + ")." + NARROWED + "(", ", )");
            }
        }
    }

    /** Texts around stretches of tokens, outer stretches put first. Confined to one thread. */
    private static final class Brackets {
        private final TreeMap<Integer, String> texts = new TreeMap<>();

        void put(List<Token> stretch, String before, String after) {
            texts.merge(stretch.get(0).start(), before, (outer, inner) -> outer + inner);
            texts.merge(
                    stretch.get(stretch.size() - 1).end(), after, (outer, inner) -> inner + outer);
        }

        void into(Additions additions, SourceFile file) {
            texts.forEach((at, text) -> additions.replace(file, at, at, text));
        }
    }
}
