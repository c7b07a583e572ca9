package org.plumbline.core.torchscript.source;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds classes, attributes and methods by their indentation. Confined to one thread. */
final class ClassParser {
    private static final int MEMBER = 2;
    private static final String CODE = "code/";
    private static final String SUFFIX = ".py";

    private final SourceFile file;
    private final List<Statement> lines;
    private int at;

    private ClassParser(SourceFile file) {
        this.file = file;
        this.lines = file.lines();
    }

    static List<ClassSource> parse(SourceFile file) {
        ClassParser parser = new ClassParser(file);
        List<ClassSource> classes = new ArrayList<>();
        while (parser.at < parser.lines.size()) {
            Statement line = parser.lines.get(parser.at++);
            if (line.indent() == 0 && line.tokens().get(0).is("class")) {
                classes.add(parser.classAt(line));
            }
        }
        return classes;
    }

    /** Returns the functions outside classes, in order. */
    static List<FunctionSource> functions(SourceFile file) {
        ClassParser parser = new ClassParser(file);
        List<FunctionSource> functions = new ArrayList<>();
        while (parser.at < parser.lines.size()) {
            Statement line = parser.lines.get(parser.at++);
            if (line.indent() == 0 && line.tokens().get(0).is("def")) {
                functions.add(parser.functionAt(line));
            }
        }
        return functions;
    }

    private FunctionSource functionAt(Statement header) {
        List<Token> tokens = header.tokens();
        String name = tokens.get(1).text();
        List<Statement> body = new ArrayList<>();
        while (at < lines.size() && lines.get(at).indent() > 0) {
            body.add(lines.get(at++));
        }
        if (body.isEmpty() || tokens.size() < 5 || !tokens.get(2).is("(")) {
            throw bad("function " + name, "a signature and a body");
        }
        List<Token> inside = tokens.subList(3, closing(tokens, name));
        return new FunctionSource(
                packageName() + "." + name,
                file,
                inside.isEmpty() ? List.of() : parameters(inside),
                body);
    }

    private ClassSource classAt(Statement header) {
        String name = header.tokens().get(1).text();
        Map<String, String> attributes = new LinkedHashMap<>();
        Set<String> parameters = new LinkedHashSet<>();
        Map<String, MethodSource> methods = new LinkedHashMap<>();
        int end = endOfLine(header);
        while (at < lines.size() && lines.get(at).indent() > 0) {
            Statement line = lines.get(at++);
            if (line.indent() == MEMBER && line.tokens().get(0).is("def")) {
                MethodSource method = methodAt(line);
                methods.put(method.name(), method);
                end = endOfLine(method.body().get(method.body().size() - 1));
            } else {
                if (line.tokens().get(0).is("__parameters__")) {
                    strings(line, parameters);
                }
                attribute(line, attributes);
                end = endOfLine(line);
            }
        }
        return new ClassSource(
                packageName() + "." + name, file, attributes, parameters, methods, end);
    }

    private static void strings(Statement line, Set<String> values) {
        for (Token token : line.tokens()) {
            if (token.kind() == Kind.STRING) {
                values.add(unquoted(token));
            }
        }
    }

    private static String unquoted(Token token) {
        return token.text().substring(1, token.text().length() - 1);
    }

    private String packageName() {
        String entry = file.entry();
        if (!entry.startsWith(CODE) || !entry.endsWith(SUFFIX)) {
            throw bad(entry, "code/**/*.py");
        }
        return entry.substring(CODE.length(), entry.length() - SUFFIX.length()).replace('/', '.');
    }

    private int endOfLine(Statement line) {
        int newline = file.text().indexOf('\n', line.end());
        return newline < 0 ? file.text().length() : newline + 1;
    }

    /**
     * {@code name : TYPE}, {@code name : Final[TYPE] = v} or {@code __annotations__["n"] = TYPE}.
     */
    private void attribute(Statement line, Map<String, String> attributes) {
        List<Token> tokens = line.tokens();
        if (tokens.size() > 2 && tokens.get(1).is(":")) {
            attributes.put(tokens.get(0).text(), text(tokens.get(2), line));
        } else if (tokens.size() > 5 && tokens.get(0).is("__annotations__")) {
            attributes.put(unquoted(tokens.get(2)), text(tokens.get(5), line));
        }
    }

    private String text(Token from, Statement line) {
        return file.text(from.start(), line.end());
    }

    private MethodSource methodAt(Statement header) {
        List<Token> tokens = header.tokens();
        String name = tokens.get(1).text();
        List<Statement> body = new ArrayList<>();
        while (at < lines.size() && lines.get(at).indent() > MEMBER) {
            body.add(lines.get(at++));
        }
        if (body.isEmpty() || tokens.size() < 6 || !tokens.get(2).is("(")) {
            throw bad("method " + name, "a signature and a body");
        }
        int close = closing(tokens, name);
        List<Parameter> parameters = parameters(tokens.subList(3, close));
        boolean typed = close + 2 < tokens.size() && tokens.get(close + 1).is("->");
        Token colon = tokens.get(tokens.size() - 1);
        String returnType =
                typed
                        ? file.text(tokens.get(close + 2).start(), colon.start()).strip()
                        : "NoneType";
        return new MethodSource(
                name,
                parameters.get(0).name(),
                parameters.subList(1, parameters.size()),
                returnType,
                body);
    }

    private int closing(List<Token> tokens, String name) {
        int depth = 0;
        for (int i = 2; i < tokens.size(); i++) {
            if (tokens.get(i).is("(")) {
                depth++;
            } else if (tokens.get(i).is(")") && --depth == 0) {
                return i;
            }
        }
        throw bad("method " + name, "a signature");
    }

    private List<Parameter> parameters(List<Token> tokens) {
        List<Parameter> parameters = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= tokens.size(); i++) {
            boolean end = i == tokens.size();
            if (end || (depth == 0 && tokens.get(i).is(","))) {
                parameters.add(parameter(tokens.subList(start, i)));
                start = i + 1;
            } else if (tokens.get(i).is("(") || tokens.get(i).is("[")) {
                depth++;
            } else if (tokens.get(i).is(")") || tokens.get(i).is("]")) {
                depth--;
            }
        }
        return parameters;
    }

    /** {@code name: TYPE} or {@code name: TYPE=default}; the default is dropped. */
    private Parameter parameter(List<Token> tokens) {
        if (tokens.size() < 3 || tokens.get(0).kind() != Kind.NAME || !tokens.get(1).is(":")) {
            throw bad("parameter", "name: type");
        }
        int end = tokens.size();
        for (int i = 2; i < tokens.size(); i++) {
            if (tokens.get(i).is("=")) {
                end = i;
                break;
            }
        }
        return new Parameter(
                tokens.get(0).text(), file.text(tokens.get(2).start(), tokens.get(end - 1).end()));
    }

    private AuditException bad(String value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, file.entry(), value, expected);
    }
}
