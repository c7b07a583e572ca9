package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.experiment.ResultsTable.Column;
import org.plumbline.cli.terminal.Output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of corrections along a concept; row {@code before} is the biased models. */
final class ClarcTable {
    private static final double NEUTRAL = 0.5;
    private static final String BEFORE = "before";
    private static final String AFTER = "after";
    private static final String SENSITIVITY = "sensitivity";
    private static final String CLEAN = "clean_accuracy";

    private static final List<Column> COLUMNS =
            List.of(
                    Column.measured("accuracy", "accuracy"),
                    Column.measured("clean", CLEAN),
                    Column.measured("attacked", "attacked_accuracy"),
                    Column.measured("worst group", "worst_group_accuracy"),
                    Column.measured("aligned", "aligned_accuracy"),
                    Column.measured("conflicting", "conflicting_accuracy"),
                    Column.measured("sensitivity", SENSITIVITY),
                    new Column(
                            "|TCAV - 0.5|",
                            cell -> Math.abs(of(cell, AFTER, "tcav_score") - NEUTRAL)),
                    Column.measured("relevance", "artifact_relevance"),
                    new Column(
                            "sensitivity removed",
                            cell ->
                                    1
                                            - of(cell, AFTER, SENSITIVITY)
                                                    / of(cell, BEFORE, SENSITIVITY)),
                    new Column(
                            "clean change",
                            cell -> of(cell, AFTER, CLEAN) - of(cell, BEFORE, CLEAN)));

    private ClarcTable() {}

    static ResultsTable of(List<? extends JsonNode> cells) {
        List<JsonNode> rows = new ArrayList<>(biased(cells));
        rows.addAll(cells);
        return new ResultsTable(rows, COLUMNS);
    }

    /** Returns the biased model of each data set and seed as a cell that was not corrected. */
    private static List<ObjectNode> biased(List<? extends JsonNode> cells) {
        Map<String, ObjectNode> models = new LinkedHashMap<>();
        for (JsonNode cell : cells) {
            if (!cell.has("error")) {
                ObjectNode row = Output.object().put("entry", BEFORE);
                row.set("set", cell.path("set"));
                row.set("seed", cell.path("seed"));
                row.set(AFTER, cell.path(BEFORE));
                models.putIfAbsent(cell.path("set").asText() + "/" + cell.path("seed"), row);
            }
        }
        return List.copyOf(models.values());
    }

    private static double of(JsonNode cell, String side, String metric) {
        return ResultsTable.estimate(cell.path(side), metric);
    }
}
