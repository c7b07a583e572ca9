package org.plumbline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;

/** The comparison of attacks as a table. Thread-safe. */
final class FairwashTable {
    private static final List<String> NUMBERS = List.of("mse", "pcc", "ssim");

    private FairwashTable() {}

    /** Returns one flat object for each model and kind of map. */
    static ArrayNode rows(JsonNode result) {
        ArrayNode rows = RedTeam.node().arrayNode();
        for (JsonNode model : result.path("models")) {
            for (String maps : List.of("raw", "projected")) {
                if (model.has(maps)) {
                    ObjectNode row = rows.addObject();
                    row.set("method", model.path("method"));
                    row.set("model", model.path("model"));
                    row.put("maps", maps);
                    NUMBERS.forEach(name -> row.set(name, model.path(maps).path(name)));
                    row.set("output_mse", model.path("output_mse"));
                    row.set("accuracy", model.path("accuracy"));
                }
            }
        }
        return rows;
    }

    /** Returns a report. */
    static String markdown(JsonNode result) {
        StringBuilder text = new StringBuilder("# Attacks on explanations\n\n```sh\n");
        text.append(result.path("command").asText()).append("\n```\n\n");
        text.append(
                String.format(
                        Locale.ROOT,
                        "A map of equal shares has MSE %.3e. Accuracy in percent.%n%n",
                        result.path("uniform_mse").asDouble(Double.NaN)));
        text.append("| method | model | maps | MSE | PCC | SSIM | output MSE | accuracy |\n");
        text.append("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
        for (JsonNode row : rows(result)) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %s | %.3e | %.3f | %.3f | %.2e | %.2f |%n",
                            row.path("method").asText(),
                            row.path("model").asText(),
                            row.path("maps").asText(),
                            row.path("mse").asDouble(Double.NaN),
                            row.path("pcc").asDouble(Double.NaN),
                            row.path("ssim").asDouble(Double.NaN),
                            row.path("output_mse").asDouble(Double.NaN),
                            row.path("accuracy").asDouble(Double.NaN)));
        }
        return text.toString();
    }
}
