package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Cells as a table: mean and sample standard deviation (n - 1) over seeds. Numbers a cell lacks are
 * left out of both. Immutable.
 */
final class ResultsTable {
    private final List<JsonNode> cells;
    private final List<Column> columns;

    ResultsTable(List<? extends JsonNode> cells, List<Column> columns) {
        this.cells = List.copyOf(cells);
        this.columns = List.copyOf(columns);
    }

    /**
     * A column. Immutable.
     *
     * @param value its number in a cell; NaN where the cell has none
     */
    record Column(String title, ToDoubleFunction<JsonNode> value) {
        /** Returns a column of what one evaluation of a cell measured. */
        static Column measured(String title, String metric) {
            return new Column(title, cell -> estimate(cell.path("after"), metric));
        }

        private Spread of(List<JsonNode> cells) {
            return Spread.of(cells.stream().mapToDouble(value).toArray());
        }
    }

    /** Returns a number of an evaluation; NaN where it was not measured. */
    static double estimate(JsonNode report, String metric) {
        for (JsonNode estimate : report.path("estimates")) {
            if (estimate.path("metric").asText().equals(metric)) {
                return estimate.path("value").doubleValue();
            }
        }
        return Double.NaN;
    }

    /** Returns one object per data set and row. */
    ArrayNode json() {
        ArrayNode rows = Output.object().putArray("rows");
        bySet().forEach(
                        (set, own) ->
                                grouped(own, "entry")
                                        .forEach((entry, some) -> add(rows, set, entry, some)));
        return rows;
    }

    private void add(ArrayNode rows, String set, String entry, List<JsonNode> cells) {
        ObjectNode row = rows.addObject().put("set", set).put("method", entry);
        row.put("seeds", cells.size());
        columns.forEach(
                column -> row.set(column.title().replace(' ', '_'), column.of(cells).json()));
    }

    /** Returns the table as Markdown. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        bySet().forEach(
                        (set, own) -> {
                            text.append("## ").append(set).append("\n\n| method |");
                            StringBuilder rule = new StringBuilder("\n| --- |");
                            for (Column column : columns) {
                                text.append(' ')
                                        .append(column.title().replace("|", "\\|"))
                                        .append(" |");
                                rule.append(" --- |");
                            }
                            text.append(rule).append('\n');
                            grouped(own, "entry").forEach((entry, some) -> line(text, entry, some));
                            text.append('\n');
                        });
        cells.stream().filter(cell -> cell.has("error")).forEach(cell -> failure(text, cell));
        return text.toString();
    }

    private void line(StringBuilder text, String entry, List<JsonNode> cells) {
        text.append("| ").append(entry).append(" |");
        columns.forEach(column -> text.append(' ').append(column.of(cells).text()).append(" |"));
        text.append('\n');
    }

    private static void failure(StringBuilder text, JsonNode cell) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "* %s, seed %d, %s: %s%n",
                        cell.path("set").asText(),
                        cell.path("seed").asLong(),
                        cell.path("entry").asText(),
                        cell.path("error").asText()));
    }

    private Map<String, List<JsonNode>> bySet() {
        return grouped(cells.stream().filter(c -> !c.has("error")).toList(), "set");
    }

    private static Map<String, List<JsonNode>> grouped(List<JsonNode> cells, String key) {
        Map<String, List<JsonNode>> groups = new LinkedHashMap<>();
        for (JsonNode cell : cells) {
            groups.computeIfAbsent(cell.path(key).asText(), k -> new ArrayList<>()).add(cell);
        }
        return groups;
    }
}
