package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Statement;
import org.plumbline.core.torchscript.source.Token;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which local names of a method hold a Tensor, as far as its lines have been read. Confined to one
 * thread.
 */
final class LocalTensors {
    private final Router router;
    private final ClassSource type;
    private final Map<String, List<String>> paths;
    private final Set<String> tensors = new HashSet<>();

    LocalTensors(Router router, ClassSource type, MethodSource method) {
        this.router = router;
        this.type = type;
        this.paths = method.aliasPaths();
        method.parameters().stream()
                .filter(p -> p.type().equals("Tensor"))
                .forEach(p -> tensors.add(p.name()));
    }

    void learn(Statement statement) {
        List<Token> tokens = statement.tokens();
        if (statement.assigned().size() == 1) {
            if (isTensor(tokens, 2, tokens.size())) {
                tensors.add(tokens.get(0).text());
            } else {
                tensors.remove(tokens.get(0).text());
            }
        }
    }

    boolean isTensor(List<Token> tokens, FunctionCall call) {
        return call.givesTensor() || (call.isArithmetic() && anyArgument(tokens, call));
    }

    private boolean anyArgument(List<Token> tokens, FunctionCall call) {
        int start = call.open() + 1;
        for (int i = start; i <= call.close(); i++) {
            if (i == call.close() || FunctionCall.is(tokens, i, ",")) {
                if (isTensor(tokens, start, i)) {
                    return true;
                }
                start = i + 1;
            } else if (FunctionCall.is(tokens, i, "(")
                    || FunctionCall.is(tokens, i, "[")
                    || FunctionCall.is(tokens, i, "{")) {
                i = FunctionCall.closing(tokens, i);
            }
        }
        return false;
    }

    /** Returns whether an expression is known to be a Tensor. */
    private boolean isTensor(List<Token> tokens, int from, int to) {
        if (from >= to) {
            return false;
        }
        Optional<FunctionCall> call = FunctionCall.at(tokens, from);
        if (call.isPresent()) {
            return call.get().close() == to - 1 && isTensor(tokens, call.get());
        }
        if (to - from == 1) {
            return tensors.contains(tokens.get(from).text());
        }
        if (to - from == 3 && FunctionCall.is(tokens, from + 1, ".")) {
            return FunctionCall.is(tokens, from, "CONSTANTS")
                    || ownType(tokens.get(from).text(), tokens.get(from + 2).text());
        }
        boolean cast =
                FunctionCall.is(tokens, from, "unchecked_cast")
                        && FunctionCall.is(tokens, from + 2, "Tensor");
        return cast || isModuleCall(tokens, from, to);
    }

    private boolean ownType(String owner, String attribute) {
        return Optional.ofNullable(paths.get(owner))
                .flatMap(path -> router.typeAt(type, path))
                .filter(t -> "Tensor".equals(t.attributes().get(attribute)))
                .isPresent();
    }

    /** {@code (m).forward(...)} */
    private boolean isModuleCall(List<Token> tokens, int from, int to) {
        if (to - from < 7
                || !FunctionCall.is(tokens, from, "(")
                || !FunctionCall.is(tokens, from + 3, ".")) {
            return false;
        }
        return FunctionCall.closing(tokens, from + 5) == to - 1
                && Optional.ofNullable(paths.get(tokens.get(from + 1).text()))
                        .flatMap(path -> router.typeAt(type, path))
                        .flatMap(t -> t.method(tokens.get(from + 4).text()))
                        .filter(m -> m.returnType().equals("Tensor"))
                        .isPresent();
    }
}
