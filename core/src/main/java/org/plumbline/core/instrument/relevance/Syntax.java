package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.ExpressionParser;
import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Statement;
import org.plumbline.core.torchscript.source.Token;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A statement of a body with the blocks below it. Immutable. */
sealed interface Syntax {
    /** The operator that throws. */
    String RAISE = "ops.prim.RaiseException";

    /** {@code targets = value}; without targets a call for its effect. */
    record Assign(List<String> targets, Optional<String> type, Expression value, String text)
            implements Syntax {
        public Assign {
            targets = List.copyOf(targets);
        }
    }

    /** {@code if condition:}. */
    record If(Expression condition, List<Syntax> then, List<Syntax> otherwise) implements Syntax {
        public If {
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    /** {@code for variable in over:}, or {@code while over:} without a variable. */
    record Repeat(Optional<String> variable, Expression over, List<Syntax> body) implements Syntax {
        public Repeat {
            body = List.copyOf(body);
        }
    }

    /** {@code return value}. */
    record Return(Expression value) implements Syntax {}

    /** Returns whether a block always ends in an exception. */
    static boolean raises(List<Syntax> block) {
        return block.stream()
                .anyMatch(
                        s ->
                                s instanceof Assign assign
                                        && assign.value() instanceof Call call
                                        && call.function().text().equals(RAISE));
    }

    /** Adds the names that statements assign, at any depth. */
    static void assigned(List<Syntax> body, Set<String> names) {
        for (Syntax syntax : body) {
            if (syntax instanceof Assign assign) {
                names.addAll(assign.targets());
            } else if (syntax instanceof If branch) {
                assigned(branch.then(), names);
                assigned(branch.otherwise(), names);
            } else if (syntax instanceof Repeat repeat) {
                assigned(repeat.body(), names);
            }
        }
    }

    /** Parses the statements of one body. */
    static List<Syntax> parse(SourceFile file, List<Statement> body) throws Untappable {
        Reader reader = new Reader(file, body);
        return reader.block(body.get(0).indent());
    }

    /** Groups lines by their indentation. Confined to one thread. */
    final class Reader {
        private final SourceFile file;
        private final List<Statement> lines;
        private int at;

        private Reader(SourceFile file, List<Statement> lines) {
            this.file = file;
            this.lines = lines;
        }

        private List<Syntax> block(int indent) throws Untappable {
            List<Syntax> block = new ArrayList<>();
            while (at < lines.size() && lines.get(at).indent() == indent && !is("else")) {
                Statement line = lines.get(at++);
                String first = line.tokens().get(0).text();
                switch (first) {
                    case "pass" -> {}
                    case "return" -> block.add(new Return(parse(line, 1, 0)));
                    case "if" -> block.add(branch(line));
                    case "for" -> block.add(loop(line));
                    case "while" ->
                            block.add(new Repeat(Optional.empty(), parse(line, 1, 1), below(line)));
                    default -> block.add(assign(line));
                }
            }
            return block;
        }

        private boolean is(String word) {
            return lines.get(at).tokens().get(0).text().equals(word);
        }

        private List<Syntax> below(Statement header) throws Untappable {
            boolean deeper = at < lines.size() && lines.get(at).indent() > header.indent();
            return deeper ? block(lines.get(at).indent()) : List.of();
        }

        private Syntax branch(Statement header) throws Untappable {
            Expression condition = parse(header, 1, 1);
            List<Syntax> then = below(header);
            List<Syntax> otherwise = List.of();
            if (at < lines.size() && lines.get(at).indent() == header.indent() && is("else")) {
                Statement other = lines.get(at++);
                otherwise = below(other);
            }
            return new If(condition, then, otherwise);
        }

        /** {@code for v in over:}. */
        private Syntax loop(Statement header) throws Untappable {
            String variable = header.tokens().get(1).text();
            return new Repeat(Optional.of(variable), parse(header, 3, 1), below(header));
        }

        private Expression parse(Statement line, int skipped, int dropped) throws Untappable {
            List<Token> tokens = line.tokens();
            if (tokens.size() <= skipped + dropped) {
                throw new Untappable("a statement that is not printed TorchScript: " + text(line));
            }
            return ExpressionParser.parse(tokens.subList(skipped, tokens.size() - dropped));
        }

        private Syntax assign(Statement line) throws Untappable {
            List<Token> tokens = line.tokens();
            int equals = equals(tokens);
            if (equals < 0) {
                return new Assign(List.of(), Optional.empty(), parse(line, 0, 0), text(line));
            }
            Expression value = parse(line, equals + 1, 0);
            if (equals > 2 && tokens.get(1).text().equals(":")) {
                String type = file.text(tokens.get(2).start(), tokens.get(equals - 1).end());
                List<String> one = List.of(tokens.get(0).text());
                return new Assign(one, Optional.of(type), value, text(line));
            }
            List<String> targets = new ArrayList<>();
            for (Token token : tokens.subList(0, equals)) {
                if (token.kind() == Token.Kind.NAME) {
                    targets.add(token.text());
                } else if (!token.text().equals(",")) {
                    throw new Untappable("an assignment to no name: " + text(line));
                }
            }
            return new Assign(targets, Optional.empty(), value, text(line));
        }

        private String text(Statement line) {
            return file.text(line.start(), line.end());
        }

        private static int equals(List<Token> tokens) {
            int depth = 0;
            for (int i = 0; i < tokens.size(); i++) {
                String text = tokens.get(i).text();
                if (text.equals("(") || text.equals("[") || text.equals("{")) {
                    depth++;
                } else if (text.equals(")") || text.equals("]") || text.equals("}")) {
                    depth--;
                } else if (text.equals("=") && depth == 0) {
                    return i;
                }
            }
            return -1;
        }
    }
}
