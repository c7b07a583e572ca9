package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Parameter;
import org.plumbline.core.torchscript.source.Statement;
import org.plumbline.core.torchscript.source.Token;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Types of the local names of a method, as far as declarations and well-known operators tell; what
 * is not known is taken to be a Tensor. Confined to one thread.
 */
final class ValueTypes {
    /** The type of images and activations. */
    static final String TENSOR = "Tensor";

    private static final Set<String> NUMBERS =
            Set.of("int", "float", "bool", "str", "number", "Device", "NoneType");
    private static final Set<String> COUNTS =
            Set.of("size", "dim", "len", "numel", "__is__", "__isnot__", "__not__", "format");
    private static final Set<String> ARITHMETIC =
            Set.of(
                    "add",
                    "sub",
                    "mul",
                    "floordiv",
                    "floor_divide",
                    "remainder",
                    "neg",
                    "eq",
                    "ne",
                    "lt",
                    "le",
                    "gt",
                    "ge",
                    "pow",
                    "div",
                    "slice",
                    "copy",
                    "__and__",
                    "__or__",
                    "sum",
                    "mod");

    private final Router router;
    private final ClassSource type;
    private final Map<String, List<String>> paths;
    private final Map<String, String> known = new HashMap<>();

    private ValueTypes(Router router, ClassSource type, MethodSource method) {
        this.router = router;
        this.type = type;
        this.paths = method.aliasPaths();
    }

    /** Infers the types of a method's names. */
    static ValueTypes of(Router router, ClassSource type, MethodSource method) {
        ValueTypes types = new ValueTypes(router, type, method);
        for (Parameter parameter : method.parameters()) {
            types.known.put(parameter.name(), parameter.type());
        }
        method.body().forEach(types::add);
        return types;
    }

    /** Returns the type of a name. */
    String of(String name) {
        return known.getOrDefault(name, TENSOR);
    }

    /** Returns whether a type holds numbers, words or nothing, and no tensor. */
    static boolean isNumbers(String type) {
        List<String> arguments = TypeNames.arguments(type);
        return arguments.isEmpty()
                ? NUMBERS.contains(type)
                : arguments.stream().allMatch(ValueTypes::isNumbers);
    }

    private void add(Statement statement) {
        List<String> names = statement.assigned();
        if (names.isEmpty()) {
            return;
        }
        if (statement.alias().isPresent() && paths.containsKey(names.get(0))) {
            attribute(paths.get(names.get(0))).ifPresent(t -> known.put(names.get(0), t));
            return;
        }
        List<Token> value = statement.value();
        List<List<Token>> parts = parts(value);
        if (parts.size() == names.size()) {
            for (int i = 0; i < names.size(); i++) {
                known.put(names.get(i), infer(statement, parts.get(i)));
            }
        } else {
            unpack(names, infer(statement, value));
        }
    }

    private void unpack(List<String> names, String whole) {
        List<String> types = TypeNames.arguments(whole);
        for (int i = 0; i < names.size(); i++) {
            if (types.size() == names.size()) {
                known.put(names.get(i), types.get(i));
            } else if (types.size() == 1) {
                known.put(names.get(i), types.get(0)); // a list
            }
        }
    }

    private Optional<String> attribute(List<String> path) {
        if (path.isEmpty()) {
            return Optional.empty();
        }
        int last = path.size() - 1;
        return router.typeAt(type, path.subList(0, last))
                .map(owner -> owner.attributes().get(path.get(last)));
    }

    private String infer(Statement statement, List<Token> value) {
        Token first = value.get(0);
        if (value.size() == 1) {
            return single(first);
        }
        if (first.text().equals("(")) {
            return bracketed(statement, value);
        }
        if (first.text().equals("[")) {
            List<List<Token>> members = parts(value.subList(1, value.size() - 1));
            return members.isEmpty()
                    ? "List[Tensor]"
                    : "List[" + infer(statement, members.get(0)) + "]";
        }
        if (value.get(1).text().equals("[")) {
            return member(of(first.text()));
        }
        return called(statement, value);
    }

    private String single(Token token) {
        String text = token.text();
        return switch (token.kind()) {
            case NUMBER -> text.contains(".") ? "float" : "int";
            case STRING -> "str";
            default ->
                    switch (text) {
                        case "True", "False" -> "bool";
                        case "None" -> "NoneType";
                        default -> of(text);
                    };
        };
    }

    /** {@code (module).method(...)}, {@code (value)[0]} or a tuple. */
    private String bracketed(Statement statement, List<Token> value) {
        for (CallSite call : statement.calls()) {
            if (call.start() == value.get(0).start()
                    && call.end() == value.get(value.size() - 1).end()) {
                return router.typeAt(type, paths.getOrDefault(call.receiver(), List.of()))
                        .flatMap(c -> c.method(call.method().text()))
                        .map(MethodSource::returnType)
                        .orElse(TENSOR);
            }
        }
        int close = closing(value, 0);
        List<Token> inner = value.subList(1, close);
        if (close < value.size() - 1) {
            return member(infer(statement, inner));
        }
        List<String> types = parts(inner).stream().map(p -> infer(statement, p)).toList();
        return "Tuple[" + String.join(", ", types) + "]";
    }

    private String member(String container) {
        List<String> arguments = TypeNames.arguments(container);
        return arguments.isEmpty() ? TENSOR : arguments.get(arguments.size() - 1);
    }

    private String called(Statement statement, List<Token> value) {
        String name = value.get(0).text();
        boolean torch = name.equals("torch") && value.size() > 4;
        int open = torch ? 3 : 1;
        if (name.equals("ops") || name.equals("CONSTANTS")) {
            return "number"; // a trace keeps sizes as tensors without dimension
        }
        if (!value.get(open).text().equals("(")) {
            return TENSOR;
        }
        List<List<Token>> arguments = parts(value.subList(open + 1, closing(value, open)));
        return torch
                ? operator(statement, value.get(2).text(), arguments)
                : function(name, arguments);
    }

    private String operator(Statement statement, String name, List<List<Token>> arguments) {
        if (name.equals("size") && arguments.size() == 1) {
            return "List[int]";
        }
        if (COUNTS.contains(name)) {
            return name.equals("format") ? "str" : "int";
        }
        if (!ARITHMETIC.contains(name) || arguments.isEmpty()) {
            return TENSOR;
        }
        List<String> types = arguments.stream().map(a -> infer(statement, a)).toList();
        return types.contains(TENSOR) ? TENSOR : types.get(0);
    }

    private static String function(String name, List<List<Token>> arguments) {
        return switch (name) {
            case "int", "float", "bool", "str" -> name;
            case "annotate", "unchecked_cast", "uninitialized" -> text(arguments.get(0));
            default -> TENSOR;
        };
    }

    private static String text(List<Token> tokens) {
        StringBuilder text = new StringBuilder();
        tokens.forEach(t -> text.append(t.text()).append(t.text().equals(",") ? " " : ""));
        return text.toString();
    }

    /** Splits at the commas outside brackets; a last comma adds nothing. */
    private static List<List<Token>> parts(List<Token> tokens) {
        List<List<Token>> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < tokens.size(); i++) {
            if (isOpening(tokens.get(i))) {
                i = closing(tokens, i);
            } else if (tokens.get(i).text().equals(",")) {
                parts.add(tokens.subList(start, i));
                start = i + 1;
            }
        }
        if (start < tokens.size()) {
            parts.add(tokens.subList(start, tokens.size()));
        }
        return parts;
    }

    private static int closing(List<Token> tokens, int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            if (isOpening(tokens.get(i))) {
                depth++;
            } else if (tokens.get(i).kind() == Kind.PUNCTUATION
                    && ")]}".contains(tokens.get(i).text())
                    && --depth == 0) {
                return i;
            }
        }
        return tokens.size() - 1;
    }

    private static boolean isOpening(Token token) {
        return token.kind() == Kind.PUNCTUATION && "([{".contains(token.text());
    }
}
