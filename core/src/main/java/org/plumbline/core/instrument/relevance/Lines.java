package org.plumbline.core.instrument.relevance;

import java.util.ArrayList;
import java.util.List;

/** Lines of a method body under way. Confined to one thread. */
final class Lines {
    private final List<String> lines = new ArrayList<>();
    private String indent = "";
    private int names;

    void add(String line) {
        lines.add(indent + line);
    }

    /** Adds an assignment to a new name and returns the name. */
    String let(String value) {
        String name = "pl_r" + names++;
        add(name + " = " + value);
        return name;
    }

    /** Returns the text of a call of one of the engine's operators. */
    static String torch(String operator, String... operands) {
        return "torch." + operator + "(" + String.join(", ", operands) + ")";
    }

    void deeper() {
        indent += "  ";
    }

    void shallower() {
        indent = indent.substring(2);
    }

    boolean isNested() {
        return !indent.isEmpty();
    }

    /** Returns a place to {@link #cutTo}. */
    int here() {
        return lines.size();
    }

    /** Drops what was added after a place. */
    void cutTo(int place) {
        lines.subList(place, lines.size()).clear();
    }

    List<String> lines() {
        return lines;
    }
}
