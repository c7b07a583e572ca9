package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Cells as a table: mean and sample standard deviation (n - 1) over seeds. Numbers a cell lacks are
 * left out of both. Immutable.
 */
final class ResultsTable {
    private static final double NEUTRAL = 0.5;
    private static final String BEFORE = "before";

    private final List<JsonNode> cells;

    ResultsTable(List<JsonNode> cells) {
        this.cells = List.copyOf(cells);
    }

    /** A column: a number of one evaluation of a cell. */
    private enum Column {
        ACCURACY("accuracy", "accuracy"),
        CLEAN("clean", "clean_accuracy"),
        ATTACKED("attacked", "attacked_accuracy"),
        WORST("worst group", "worst_group_accuracy"),
        ALIGNED("aligned", "aligned_accuracy"),
        CONFLICTING("conflicting", "conflicting_accuracy"),
        SENSITIVITY("sensitivity", "sensitivity"),
        TCAV("|TCAV - 0.5|", "tcav_score"),
        RELEVANCE("relevance", "artifact_relevance");

        private final String title;
        private final String metric;

        Column(String title, String metric) {
            this.title = title;
            this.metric = metric;
        }

        double of(JsonNode report) {
            for (JsonNode estimate : report.path("estimates")) {
                if (estimate.path("metric").asText().equals(metric)) {
                    double value = estimate.path("value").doubleValue();
                    return this == TCAV ? Math.abs(value - NEUTRAL) : value;
                }
            }
            return Double.NaN;
        }
    }

    /** Returns one object per data set and row. */
    ArrayNode json() {
        ArrayNode rows = Output.object().putArray("rows");
        bySet().forEach(
                        (set, own) ->
                                rowsOf(own)
                                        .forEach(
                                                (entry, some) -> {
                                                    ObjectNode row =
                                                            rows.addObject()
                                                                    .put("set", set)
                                                                    .put("method", entry);
                                                    add(row, entry, some);
                                                }));
        return rows;
    }

    private static void add(ObjectNode row, String entry, List<JsonNode> cells) {
        row.put("seeds", cells.size());
        for (Column column : Column.values()) {
            row.set(column.title.replace(' ', '_'), Spread.of(values(cells, entry, column)).json());
        }
        row.set("sensitivity_removed", Spread.of(removed(cells, entry)).json());
        row.set("clean_change", Spread.of(cleanChange(cells, entry)).json());
    }

    /** Returns the table as Markdown. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        bySet().forEach(
                        (set, own) -> {
                            text.append("## ").append(set).append("\n\n| method |");
                            StringBuilder rule = new StringBuilder("\n| --- |");
                            for (Column column : Column.values()) {
                                text.append(' ')
                                        .append(column.title.replace("|", "\\|"))
                                        .append(" |");
                                rule.append(" --- |");
                            }
                            text.append(" sensitivity removed | clean change |").append(rule);
                            text.append(" --- | --- |\n");
                            rowsOf(own).forEach((entry, some) -> line(text, entry, some));
                            text.append('\n');
                        });
        for (JsonNode cell : cells) {
            if (cell.has("error")) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "* %s, seed %d, %s: %s%n",
                                cell.path("set").asText(),
                                cell.path("seed").asLong(),
                                cell.path("entry").asText(),
                                cell.path("error").asText()));
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String entry, List<JsonNode> cells) {
        text.append("| ").append(entry).append(" |");
        for (Column column : Column.values()) {
            text.append(' ').append(Spread.of(values(cells, entry, column)).text()).append(" |");
        }
        text.append(' ').append(Spread.of(removed(cells, entry)).text()).append(" | ");
        text.append(Spread.of(cleanChange(cells, entry)).text()).append(" |\n");
    }

    private static double[] values(List<JsonNode> cells, String entry, Column column) {
        String side = entry.equals(BEFORE) ? BEFORE : "after";
        return cells.stream().mapToDouble(cell -> column.of(cell.path(side))).toArray();
    }

    /** Returns the shares of the sensitivity that are gone. */
    private static double[] removed(List<JsonNode> cells, String entry) {
        return entry.equals(BEFORE)
                ? new double[0]
                : cells.stream()
                        .mapToDouble(
                                cell ->
                                        1
                                                - Column.SENSITIVITY.of(cell.path("after"))
                                                        / Column.SENSITIVITY.of(cell.path(BEFORE)))
                        .toArray();
    }

    private static double[] cleanChange(List<JsonNode> cells, String entry) {
        return entry.equals(BEFORE)
                ? new double[0]
                : cells.stream()
                        .mapToDouble(
                                cell ->
                                        Column.CLEAN.of(cell.path("after"))
                                                - Column.CLEAN.of(cell.path(BEFORE)))
                        .toArray();
    }

    private Map<String, List<JsonNode>> bySet() {
        return grouped(cells.stream().filter(c -> !c.has("error")).toList(), "set");
    }

    /** Rows of a data set; the biased models come first, each seed once. */
    private static Map<String, List<JsonNode>> rowsOf(List<JsonNode> cells) {
        Map<String, List<JsonNode>> rows = new LinkedHashMap<>();
        Collection<List<JsonNode>> bySeed = grouped(cells, "seed").values();
        rows.put(BEFORE, bySeed.stream().map(own -> own.get(0)).toList());
        rows.putAll(grouped(cells, "entry"));
        return rows;
    }

    private static Map<String, List<JsonNode>> grouped(List<JsonNode> cells, String key) {
        Map<String, List<JsonNode>> groups = new LinkedHashMap<>();
        for (JsonNode cell : cells) {
            groups.computeIfAbsent(cell.path(key).asText(), k -> new ArrayList<>()).add(cell);
        }
        return groups;
    }
}
