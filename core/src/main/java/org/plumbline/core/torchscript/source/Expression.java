package org.plumbline.core.torchscript.source;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A value as printed TorchScript writes it; types in argument places are values too. Immutable. */
public sealed interface Expression {

    /** Returns the expression as text that the engine reads. */
    String text();

    /** Returns the value of a number; empty: this is none, or an expression that makes one. */
    default Optional<Double> number() {
        return Optional.empty();
    }

    /** Returns whether this is a number of some value, however it is written. */
    default boolean isNumber(double value) {
        return number().equals(Optional.of(value));
    }

    /** A local name, or the first part of a dotted one. */
    record Name(String value) implements Expression {
        @Override
        public String text() {
            return value;
        }
    }

    /** A number, a string with its quotes, {@code True}, {@code False} or {@code None}. */
    record Literal(String value) implements Expression {
        private static final Pattern NUMBER =
                Pattern.compile("-?[0-9]+[.]?[0-9]*([eE][+-]?[0-9]+)?");

        /** The literal {@code None}. */
        public static final Literal NONE = new Literal("None");

        /** Returns {@code True} or {@code False}. */
        public static Literal of(boolean value) {
            return new Literal(value ? "True" : "False");
        }

        @Override
        public Optional<Double> number() {
            return NUMBER.matcher(value).matches()
                    ? Optional.of(Double.parseDouble(value))
                    : Optional.empty();
        }

        @Override
        public String text() {
            return value;
        }
    }

    /** {@code base.name}; {@code getattr(base, "name")} too. */
    record Attribute(Expression base, String name) implements Expression {
        @Override
        public String text() {
            return name.matches("[A-Za-z_][A-Za-z_0-9]*")
                    ? base.text() + "." + name
                    : "getattr(" + base.text() + ", \"" + name + "\")";
        }
    }

    /** {@code function(arguments)}. */
    record Call(Expression function, List<Argument> arguments) implements Expression {
        /** Copies the list. */
        public Call {
            arguments = List.copyOf(arguments);
        }

        /** Returns the positional argument, if there is one at that place. */
        public Optional<Expression> positional(int place) {
            return place < arguments.size() && arguments.get(place).keyword().isEmpty()
                    ? Optional.of(arguments.get(place).value())
                    : Optional.empty();
        }

        @Override
        public String text() {
            return function.text()
                    + arguments.stream()
                            .map(Argument::text)
                            .collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /** One argument of a call, by place or by keyword. */
    record Argument(Optional<String> keyword, Expression value) {
        /** Returns an argument by place. */
        public static Argument of(Expression value) {
            return new Argument(Optional.empty(), value);
        }

        String text() {
            return keyword.map(k -> k + "=").orElse("") + value.text();
        }
    }

    /** {@code base[index]}. */
    record Subscript(Expression base, Expression index) implements Expression {
        @Override
        public String text() {
            String inside =
                    index instanceof Sequence types && !types.list()
                            ? Sequence.joined(types.elements())
                            : index.text();
            return (base instanceof Call ? "(" + base.text() + ")" : base.text())
                    + "["
                    + inside
                    + "]";
        }
    }

    /** {@code [a, b]}, or {@code (a, b)} with {@code list} false. */
    record Sequence(boolean list, List<Expression> elements) implements Expression {
        /** Copies the list. */
        public Sequence {
            elements = List.copyOf(elements);
        }

        @Override
        public String text() {
            return list ? "[" + joined(elements) + "]" : tuple();
        }

        private String tuple() {
            return "(" + joined(elements) + (elements.size() == 1 ? ",)" : ")");
        }

        private static String joined(List<Expression> elements) {
            return elements.stream().map(Expression::text).collect(Collectors.joining(", "));
        }
    }

    /** {@code {a: b}}: keys and values in turn. */
    record Dictionary(List<Expression> entries) implements Expression {
        /** Copies the list. */
        public Dictionary {
            entries = List.copyOf(entries);
        }

        @Override
        public String text() {
            StringBuilder text = new StringBuilder("{");
            for (int i = 0; i < entries.size(); i += 2) {
                text.append(i == 0 ? "" : ", ").append(entries.get(i).text()).append(": ");
                text.append(entries.get(i + 1).text());
            }
            return text.append('}').toString();
        }
    }
}
