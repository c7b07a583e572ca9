package org.plumbline.core.torchscript.source;

import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One logical line of a method body. Immutable.
 *
 * @param indent leading spaces; 4 at the top level of a method
 * @param tokens without the end of line; at least one
 */
public record Statement(int indent, List<Token> tokens) {
    /** Indent of statements that run once, whatever the input. */
    public static final int TOP_LEVEL = 4;

    private static final Set<String> KEYWORDS =
            Set.of("return", "if", "elif", "while", "in", "not", "and", "or", "else", "assert");

    private static final Set<String> CHANGING =
            Set.of(
                    "append",
                    "_set_item",
                    "extend",
                    "insert",
                    "pop",
                    "clear",
                    "remove",
                    "reverse",
                    "sort",
                    "update",
                    "Delete");

    /** Copies the tokens. */
    public Statement {
        tokens = List.copyOf(tokens);
    }

    /** Returns the place of the first character. */
    public int start() {
        return tokens.get(0).start();
    }

    /** Returns the place after the last character. */
    public int end() {
        return tokens.get(tokens.size() - 1).end();
    }

    /** Returns whether the first word is the given one. */
    public boolean startsWith(String word) {
        return tokens.get(0).is(word);
    }

    /**
     * Returns the names assigned by {@code a = ...}, {@code a : TYPE = ...} or {@code a, b, = ...},
     * else none.
     */
    public List<String> assigned() {
        int equals = equalsIndex();
        if (equals > 0 && tokens.get(1).is(":")) {
            return List.of(tokens.get(0).text());
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < equals; i++) {
            Token token = tokens.get(i);
            if (token.kind() == Kind.NAME) {
                names.add(token.text());
            } else if (!token.is(",")) {
                return List.of();
            }
        }
        return names;
    }

    /** Returns what is assigned, the tokens behind the {@code =}; all tokens if nothing is. */
    public List<Token> value() {
        return assigned().isEmpty() ? tokens : tokens.subList(equalsIndex() + 1, tokens.size());
    }

    /** Returns whether what is assigned is a literal list, tuple or dictionary. */
    public boolean buildsCollection() {
        List<Token> value = value();
        Token first = value.get(value.get(0).is("annotate") ? value.size() - 3 : 0);
        return first.is("[") || first.is("{");
    }

    /** Returns the names of lists and dictionaries that operators change. */
    public Set<String> changedInPlace() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i + 4 < tokens.size(); i++) {
            if (tokens.get(i).is("torch")
                    && CHANGING.contains(tokens.get(i + 2).text())
                    && tokens.get(i + 3).is("(")) {
                names.add(tokens.get(i + 4).text());
            }
        }
        return names;
    }

    /** Returns the names read: identifiers that are no attribute, keyword argument or target. */
    public Set<String> used() {
        return used(start(), start());
    }

    /** Returns the names read outside the characters from {@code from} to {@code to}. */
    public Set<String> used(int from, int to) {
        Set<String> names = new LinkedHashSet<>();
        int first = assigned().isEmpty() ? 0 : equalsIndex() + 1;
        for (int i = first; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean outside = token.start() < from || token.end() > to;
            boolean attribute = i > 0 && tokens.get(i - 1).is(".");
            if (token.kind() == Kind.NAME && !attribute && outside) {
                names.add(token.text());
            }
        }
        return names;
    }

    /** Returns what {@code v = base.attribute} or {@code v = getattr(base, "attribute")} names. */
    public Optional<Alias> alias() {
        if (assigned().size() != 1) {
            return Optional.empty();
        }
        List<Token> value = tokens.subList(equalsIndex() + 1, tokens.size());
        if (value.size() == 3
                && value.get(0).kind() == Kind.NAME
                && value.get(1).is(".")
                && value.get(2).kind() == Kind.NAME) {
            return Optional.of(
                    new Alias(tokens.get(0).text(), value.get(0).text(), value.get(2).text()));
        }
        if (value.size() == 6
                && value.get(0).is("getattr")
                && value.get(2).kind() == Kind.NAME
                && value.get(4).kind() == Kind.STRING) {
            String quoted = value.get(4).text();
            return Optional.of(
                    new Alias(
                            tokens.get(0).text(),
                            value.get(2).text(),
                            quoted.substring(1, quoted.length() - 1)));
        }
        return Optional.empty();
    }

    /** Returns whether the value is a name, attribute chain or literal: no call, no index. */
    public boolean isPlain() {
        if (alias().isPresent()) {
            return true;
        }
        int equals = equalsIndex();
        return assigned().size() == 1
                && tokens.subList(equals + 1, tokens.size()).stream().noneMatch(t -> t.is("("));
    }

    /** Returns the calls {@code (receiver).method(...)} in this line, outer before inner. */
    public List<CallSite> calls() {
        List<CallSite> calls = new ArrayList<>();
        for (int i = 0; i + 5 < tokens.size(); i++) {
            boolean call =
                    tokens.get(i).is("(")
                            && tokens.get(i + 1).kind() == Kind.NAME
                            && tokens.get(i + 2).is(")")
                            && tokens.get(i + 3).is(".")
                            && tokens.get(i + 4).kind() == Kind.NAME
                            && tokens.get(i + 5).is("(");
            boolean applied =
                    i > 0
                            && tokens.get(i - 1).kind() == Kind.NAME
                            && !KEYWORDS.contains(tokens.get(i - 1).text());
            if (call && !applied) {
                Token close = tokens.get(closing(i + 5));
                calls.add(
                        new CallSite(
                                tokens.get(i + 1).text(),
                                tokens.get(i + 4),
                                tokens.get(i).start(),
                                tokens.get(i + 5).end(),
                                close.start(),
                                close.end()));
            }
        }
        return calls;
    }

    private int closing(int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            if (tokens.get(i).is("(")) {
                depth++;
            } else if (tokens.get(i).is(")") && --depth == 0) {
                return i;
            }
        }
        throw new IllegalStateException("the tokenizer balances brackets");
    }

    private int equalsIndex() {
        if (tokens.size() > 3 && tokens.get(0).kind() == Kind.NAME && tokens.get(1).is(":")) {
            return typedEqualsIndex();
        }
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is("=")) {
                return i;
            }
            if (token.kind() != Kind.NAME && !token.is(",")) {
                return 0;
            }
        }
        return 0;
    }

    /** Finds the {@code =} of {@code a : TYPE = ...}; a type has none. */
    private int typedEqualsIndex() {
        for (int i = 2; i < tokens.size(); i++) {
            if (tokens.get(i).is("=")) {
                return i;
            }
        }
        return 0;
    }
}
