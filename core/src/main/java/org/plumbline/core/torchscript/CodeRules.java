package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Token;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What code may name. TorchScript is no sandbox: its operators read and write files, and every
 * value takes every operator as a method, so {@code x.save("f")}, {@code getattr(x, "save")},
 * {@code t = torch; t.save(x, "f")} and {@code torch.autograd.save(x, "f")} all write a file.
 * Allowed are therefore only operators of the reviewed list, attributes and methods that the
 * archive itself declares, its own types and functions, and a few builtins. Confined to one thread.
 */
final class CodeRules {
    private static final String EXPECTED =
            "names that the archive declares and operators of operators.txt";

    /** Run while an archive is being loaded or written. */
    private static final Set<String> HOOKS =
            Set.of("__setstate__", "__getstate__", "__reduce__", "__reduce_ex__");

    /** Operators with effects that no attribute may be named after, lest it hide one of them. */
    private static final Set<String> EFFECTS =
            Set.of("save", "load", "from_file", "set_data", "record_stream", "manual_seed", "seed");

    private static final Set<String> BUILTINS =
            Set.of(
                    ("annotate unchecked_cast uninitialized getattr hasattr isinstance range int"
                                    + " float bool str complex len list dict tuple min max abs"
                                    + " round pow all any sum sorted reversed enumerate zip"
                                    + " divmod ord chr bin hex oct")
                            .split(" "));
    private static final Set<String> KEYWORDS =
            Set.of(
                    ("if elif while return in not and or is else assert raise for def class pass"
                                    + " break continue with as")
                            .split(" "));
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+");
    private static final Pattern NUMBER =
            Pattern.compile("\\d+(\\.\\d*)?([eE][+-]?\\d+)?j?|0[xX][0-9a-fA-F]+");

    private final Operators operators = Operators.reviewed();
    private final Set<String> declared = new HashSet<>();

    /** Knows what the classes of an archive declare. */
    CodeRules(Collection<ClassSource> classes) {
        for (ClassSource type : classes) {
            declared.addAll(type.attributes().keySet());
            declared.addAll(type.methods().keySet());
        }
    }

    void check(SourceFile file) {
        new Reading(file).run();
    }

    private static String printable(String value) {
        return value.replaceAll("\\p{Cntrl}", "?");
    }

    /** One pass over a file's tokens. Confined to one thread. */
    private final class Reading {
        private final SourceFile file;
        private final List<Token> tokens;
        private final Set<String> locals = new HashSet<>();

        Reading(SourceFile file) {
            this.file = file;
            this.tokens = file.tokens();
            for (int i = 0; i < tokens.size(); i++) {
                boolean definition = is(i - 1, "def") || is(i - 1, "class");
                if (definition || is(i + 1, "=") || is(i + 1, ",") || is(i + 1, ":")) {
                    locals.add(tokens.get(i).text());
                }
            }
        }

        void run() {
            int i = 0;
            while (i < tokens.size()) {
                i =
                        switch (tokens.get(i).kind()) {
                            case NAME -> name(i);
                            case NUMBER -> number(i);
                            case STRING -> string(i);
                            case PUNCTUATION, END_OF_LINE -> i + 1;
                        };
            }
        }

        private int number(int i) {
            if (!NUMBER.matcher(text(i)).matches()) {
                throw refused(i, text(i));
            }
            return i + 1;
        }

        /** Strings that touch are triple quotes, whose end two readers may see at other places. */
        private int string(int i) {
            if (i > 0
                    && tokens.get(i - 1).kind() == Kind.STRING
                    && tokens.get(i - 1).end() == tokens.get(i).start()) {
                throw refused(i, "a string in triple quotes");
            }
            return i + 1;
        }

        private int name(int i) {
            String name = text(i);
            if (!NAME.matcher(name).matches() || HOOKS.contains(name)) {
                throw refused(i, name);
            }
            if (is(i - 1, ".")) {
                attribute(i, name);
                return i + 1;
            }
            return switch (name) {
                case "torch" -> torch(i);
                case "ops" -> ops(i);
                case "__torch__" -> ownName(i);
                case "CONSTANTS" -> constant(i);
                case "getattr", "hasattr" -> namedAttribute(i);
                default -> free(i, name);
            };
        }

        private int constant(int i) {
            if (!is(i + 1, ".") || kind(i + 2) != Kind.NAME) {
                throw refused(i, "CONSTANTS");
            }
            return i + 3;
        }

        private void attribute(int i, String name) {
            boolean known = declared.contains(name) || operators.torch(name);
            if (!known || EFFECTS.contains(name)) {
                throw refused(i, name);
            }
        }

        /**
         * {@code torch.name}, {@code torch.autograd.grad} or a type such as {@code torch.dtype}.
         */
        private int torch(int i) {
            boolean gradient = is(i + 1, ".") && is(i + 2, "autograd");
            int last = gradient ? i + 4 : i + 2;
            boolean dotted = is(i + 1, ".") && is(last - 1, ".") && kind(last) == Kind.NAME;
            if (!dotted || !operators.torch(text(last)) || (gradient && !is(last, "grad"))) {
                throw refused(i, chain(i));
            }
            return last + 1;
        }

        /** {@code ops.namespace.name}, or the declaration of an attribute {@code ops}. */
        private int ops(int i) {
            boolean firstOfLine = i == 0 || kind(i - 1) == Kind.END_OF_LINE;
            if (firstOfLine && is(i + 1, ":")) {
                return i + 1;
            }
            boolean dotted = is(i + 1, ".") && is(i + 3, ".") && kind(i + 4) == Kind.NAME;
            if (!dotted || !operators.ops(text(i + 2), text(i + 4))) {
                throw refused(i, chain(i));
            }
            return i + 5;
        }

        /** Types and functions of the archive; those of native extensions are not checked code. */
        private int ownName(int i) {
            if (is(i + 2, "torch") && is(i + 4, "classes")) {
                throw refused(i, chain(i));
            }
            int at = i + 1;
            while (is(at, ".") && kind(at + 1) == Kind.NAME) {
                at += 2;
            }
            return at;
        }

        /** {@code getattr(value, "name")}: the name counts as if it stood behind a dot. */
        private int namedAttribute(int i) {
            int close = closing(i + 1);
            String literal = kind(close - 1) == Kind.STRING ? text(close - 1) : "";
            String name = literal.length() < 2 ? "" : literal.substring(1, literal.length() - 1);
            if (name.isEmpty() || !is(close - 2, ",")) {
                throw refused(i, "getattr of a computed name");
            }
            if (!declared.contains(name) || EFFECTS.contains(name) || HOOKS.contains(name)) {
                throw refused(i, "getattr of " + name);
            }
            return i + 1;
        }

        private int closing(int open) {
            int depth = 0;
            for (int i = open; i < tokens.size() && is(open, "("); i++) {
                if (is(i, "(")) {
                    depth++;
                } else if (is(i, ")") && --depth == 0) {
                    return i;
                }
            }
            throw refused(open, "getattr without arguments");
        }

        private int free(int i, String name) {
            boolean known =
                    BUILTINS.contains(name) || KEYWORDS.contains(name) || locals.contains(name);
            if (is(i + 1, "(") && !known) {
                throw refused(i, name);
            }
            return i + 1;
        }

        private String chain(int i) {
            StringBuilder names = new StringBuilder(text(i));
            for (int at = i + 1; is(at, ".") && kind(at + 1) == Kind.NAME; at += 2) {
                names.append('.').append(text(at + 1));
            }
            return names.toString();
        }

        private boolean is(int i, String expected) {
            return i >= 0
                    && i < tokens.size()
                    && tokens.get(i).kind() != Kind.STRING
                    && text(i).equals(expected);
        }

        private Kind kind(int i) {
            return i >= 0 && i < tokens.size() ? tokens.get(i).kind() : Kind.END_OF_LINE;
        }

        private String text(int i) {
            return i < tokens.size() ? tokens.get(i).text() : "";
        }

        private AuditException refused(int i, String value) {
            int start = tokens.get(Math.min(i, tokens.size() - 1)).start();
            long line = 1 + file.text().chars().limit(start).filter(c -> c == '\n').count();
            return AuditException.of(
                    ErrorCode.BAD_ARCHIVE,
                    file.entry() + " line " + line,
                    printable(value),
                    EXPECTED);
        }
    }
}
