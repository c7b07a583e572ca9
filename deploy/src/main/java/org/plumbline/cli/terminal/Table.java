package org.plumbline.cli.terminal;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A JSON tree as text for people: {@code name value} lines, and lists of objects as columns.
 * Thread-safe.
 */
final class Table {
    private static final int DIGITS = 6;

    private Table() {}

    static String of(JsonNode tree) {
        List<String> lines = new ArrayList<>();
        if (tree.isArray()) {
            columns(tree, lines);
        } else {
            fields("", tree, lines);
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static void fields(String prefix, JsonNode tree, List<String> lines) {
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String name = prefix + field.getKey().replace('_', ' ');
            JsonNode value = field.getValue();
            if (value.isObject()) {
                fields(name + " ", value, lines);
            } else if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
                lines.add(name + ":");
                columns(value, lines);
            } else {
                lines.add(String.format(Locale.ROOT, "%-28s %s", name, cell(value)));
            }
        }
    }

    private static void columns(JsonNode rows, List<String> lines) {
        Collection<String> names = new LinkedHashSet<>();
        rows.forEach(row -> row.fieldNames().forEachRemaining(names::add));
        List<List<String>> cells = new ArrayList<>();
        cells.add(names.stream().map(name -> name.replace('_', ' ')).toList());
        rows.forEach(row -> cells.add(names.stream().map(n -> cell(row.path(n))).toList()));
        int[] widths = new int[names.size()];
        for (List<String> row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : cells) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
    }

    private static String cell(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "-";
        }
        if (value.isFloatingPointNumber()) {
            return String.format(Locale.ROOT, "%." + DIGITS + "g", value.doubleValue());
        }
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(cell(item)));
            return String.join(" ", items);
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }
}
