package org.plumbline.core.torchscript.source;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Attribute;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Dictionary;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;
import org.plumbline.core.torchscript.source.Expression.Sequence;
import org.plumbline.core.torchscript.source.Expression.Subscript;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Parses the expressions of printed TorchScript by recursive descent; the tokenizer bounds their
 * depth. Confined to one thread.
 */
public final class ExpressionParser {
    private static final Set<String> LITERALS = Set.of("True", "False", "None");

    private final List<Token> tokens;
    private int at;

    private ExpressionParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    /**
     * Parses a whole list of tokens; commas outside brackets make a tuple.
     *
     * @throws AuditException {@code BAD_ARCHIVE} at what is no printed expression
     */
    public static Expression parse(List<Token> tokens) {
        ExpressionParser parser = new ExpressionParser(tokens);
        Expression first = parser.expression();
        if (parser.at == tokens.size()) {
            return first;
        }
        List<Expression> elements = new ArrayList<>(List.of(first));
        while (parser.at < tokens.size()) {
            parser.expect(",");
            if (parser.at < tokens.size()) {
                elements.add(parser.expression());
            }
        }
        return new Sequence(false, elements);
    }

    private Expression expression() {
        if (next("-")) {
            return new Literal("-" + take().text());
        }
        Expression value = primary();
        while (at < tokens.size()) {
            if (next(".")) {
                value = new Attribute(value, take().text());
            } else if (next("(")) {
                value = call(value);
            } else if (next("[")) {
                value = subscript(value);
            } else {
                return value;
            }
        }
        return value;
    }

    private Expression primary() {
        if (next("(")) {
            return parenthesised();
        }
        if (next("[")) {
            return new Sequence(true, until("]"));
        }
        if (next("{")) {
            return dictionary();
        }
        Token token = take();
        if (token.kind() == Kind.PUNCTUATION) {
            throw bad(token.text());
        }
        boolean name = token.kind() == Kind.NAME && !LITERALS.contains(token.text());
        return name ? new Name(token.text()) : new Literal(token.text());
    }

    /** {@code (a)} is {@code a}; {@code (a,)} and {@code (a, b)} are tuples. */
    private Expression parenthesised() {
        if (next(")")) {
            return new Sequence(false, List.of());
        }
        Expression first = expression();
        if (next(")")) {
            return first;
        }
        expect(",");
        List<Expression> elements = new ArrayList<>(List.of(first));
        elements.addAll(until(")"));
        return new Sequence(false, elements);
    }

    private List<Expression> until(String close) {
        List<Expression> elements = new ArrayList<>();
        while (!next(close)) {
            elements.add(expression());
            if (!peek(close)) {
                expect(",");
            }
        }
        return elements;
    }

    private Expression dictionary() {
        List<Expression> entries = new ArrayList<>();
        while (!next("}")) {
            entries.add(expression());
            expect(":");
            entries.add(expression());
            if (!peek("}")) {
                expect(",");
            }
        }
        return new Dictionary(entries);
    }

    private Expression subscript(Expression base) {
        List<Expression> index = until("]");
        return new Subscript(base, index.size() == 1 ? index.get(0) : new Sequence(false, index));
    }

    private Expression call(Expression function) {
        List<Argument> arguments = new ArrayList<>();
        while (!next(")")) {
            arguments.add(argument());
            if (!peek(")")) {
                expect(",");
            }
        }
        boolean attribute =
                function.text().equals("getattr")
                        && arguments.size() == 2
                        && arguments.get(1).value() instanceof Literal;
        if (attribute) {
            String quoted = arguments.get(1).value().text();
            return new Attribute(
                    arguments.get(0).value(), quoted.substring(1, quoted.length() - 1));
        }
        return new Call(function, arguments);
    }

    private Argument argument() {
        boolean keyword =
                at + 1 < tokens.size()
                        && tokens.get(at).kind() == Kind.NAME
                        && tokens.get(at + 1).is("=");
        if (keyword) {
            String name = take().text();
            expect("=");
            return new Argument(Optional.of(name), expression());
        }
        return Argument.of(expression());
    }

    private boolean peek(String text) {
        return at < tokens.size() && tokens.get(at).is(text);
    }

    private boolean next(String text) {
        boolean found = peek(text);
        at += found ? 1 : 0;
        return found;
    }

    private void expect(String text) {
        if (!next(text)) {
            throw bad(at < tokens.size() ? tokens.get(at).text() : "an end of line");
        }
    }

    private Token take() {
        if (at >= tokens.size()) {
            throw bad("an end of line");
        }
        return tokens.get(at++);
    }

    private static AuditException bad(String found) {
        return AuditException.of(
                ErrorCode.BAD_ARCHIVE, "code", found, "an expression as TorchScript prints it");
    }
}
