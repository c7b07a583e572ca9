package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.experiment.ResultsTable.Column;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The table of methods without concept, each beside plain training of the same start and data. */
final class DebiasTable {
    private static final String BASELINE = "vanilla";
    private static final String UNBIASED = "accuracy"; // the test rows' colours say nothing

    private static final List<Column> COLUMNS =
            List.of(
                    Column.measured("unbiased", UNBIASED),
                    new Column(
                            "gain",
                            cell -> unbiased(cell) - cell.path(BASELINE).asDouble(Double.NaN)),
                    Column.measured("conflicting", "conflicting_accuracy"),
                    Column.measured("aligned", "aligned_accuracy"),
                    new Column("mining precision", cell -> number(cell, "/mining/truth/precision")),
                    new Column("mining recall", cell -> number(cell, "/mining/truth/recall")),
                    new Column("kept", cell -> number(cell, "/pruning/kept_ratio")),
                    new Column("updates", DebiasTable::updates),
                    new Column("seconds", cell -> number(cell, "/processor_seconds")));

    private DebiasTable() {}

    static ResultsTable of(List<? extends JsonNode> cells) {
        Map<String, Double> plain = new HashMap<>();
        cells.stream()
                .filter(cell -> cell.path("entry").asText().equals(BASELINE))
                .forEach(cell -> plain.put(column(cell), unbiased(cell)));
        List<ObjectNode> compared =
                cells.stream()
                        .map(
                                cell ->
                                        ((ObjectNode) cell.deepCopy())
                                                .put(BASELINE, plain.get(column(cell))))
                        .toList();
        return new ResultsTable(compared, COLUMNS);
    }

    /** Returns the data set and start that a cell shares with its baseline. */
    private static String column(JsonNode cell) {
        return cell.path("set").asText() + "/" + cell.path("seed");
    }

    private static double unbiased(JsonNode cell) {
        return ResultsTable.estimate(cell.path("after"), UNBIASED);
    }

    private static double number(JsonNode cell, String pointer) {
        return cell.at(pointer).asDouble(Double.NaN);
    }

    /** Returns the updates of all networks of a run; learning from failure trains two at once. */
    private static double updates(JsonNode cell) {
        String method = cell.path("method").asText();
        boolean twin = method.startsWith("lff") || method.startsWith("disent");
        double updates = 0;
        for (Map.Entry<String, JsonNode> phase : cell.path("steps").properties()) {
            int networks = twin && phase.getKey().equals("train") ? 2 : 1;
            updates += networks * phase.getValue().doubleValue();
        }
        return updates;
    }
}
