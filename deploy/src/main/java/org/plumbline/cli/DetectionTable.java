package org.plumbline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.ExaminedModel.Judged;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.Margins;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Verdicts on many models, the area under the curve, and hits by level. Immutable. */
final class DetectionTable {
    private static final List<Double> LEVELS = List.of(0.001, 0.01, 0.05, 0.1);

    private final List<ExaminedModel> models;
    private final List<Source> sources;
    private final ObjectNode json;

    /**
     * Judges models.
     *
     * @param twins whether their twins are a null as well
     * @param command that made them
     */
    DetectionTable(
            List<ExaminedModel> models,
            Margins margins,
            boolean twins,
            double level,
            String command) {
        this.models = List.copyOf(models);
        this.sources =
                twins ? List.of(Source.TWINS, Source.POPULATION) : List.of(Source.POPULATION);
        this.json = Output.object().put("command", command).put("level", level);
        Map<Source, Map<ExaminedModel, Judged>> judged = new TreeMap<>();
        for (Source source : sources) {
            Map<ExaminedModel, Judged> verdicts = new TreeMap<>();
            models.forEach(model -> verdicts.put(model, model.judged(source, margins, level)));
            judged.put(source, verdicts);
            json.set(name(source), summary(verdicts));
        }
        ArrayNode rows = json.putArray("models");
        for (ExaminedModel model : this.models) {
            ObjectNode row = rows.addObject().put("model", model.name());
            row.put("attacked", model.attacked());
            judged.forEach((source, verdicts) -> put(row, name(source), verdicts.get(model)));
        }
    }

    private static String name(Source source) {
        return source.name().toLowerCase(Locale.ROOT);
    }

    private static void put(ObjectNode row, String source, Judged judged) {
        row.putObject(source)
                .put("p_value", judged.verdict().pValue())
                .put("score", judged.score())
                .put("loudest", judged.loudest())
                .put("verdict", judged.verdict().label());
    }

    private static ObjectNode summary(Map<ExaminedModel, Judged> verdicts) {
        ObjectNode node = Output.object();
        Map<ExaminedModel, Double> scores = new TreeMap<>();
        verdicts.forEach((model, judged) -> scores.put(model, judged.score()));
        node.put("auc", ExaminedModel.auc(scores));
        node.put("honest", scores.keySet().stream().filter(m -> !m.attacked()).count());
        node.put("attacked", scores.keySet().stream().filter(ExaminedModel::attacked).count());
        ArrayNode levels = node.putArray("levels");
        for (double level : LEVELS) {
            levels.addObject()
                    .put("level", level)
                    .put("detected", below(verdicts, true, level))
                    .put("false_alarms", below(verdicts, false, level));
        }
        return node;
    }

    private static long below(Map<ExaminedModel, Judged> verdicts, boolean attacked, double level) {
        return verdicts.entrySet().stream()
                .filter(e -> e.getKey().attacked() == attacked)
                .filter(e -> e.getValue().verdict().pValue() <= level)
                .count();
    }

    ObjectNode json() {
        return json;
    }

    /** Returns a report. */
    String markdown() {
        StringBuilder text = new StringBuilder("```sh\n");
        text.append(json.path("command").asText()).append("\n```\n");
        for (Source source : sources) {
            summary(text, name(source));
        }
        text.append("\n| model | attacked |");
        sources.forEach(s -> text.append(" p, ").append(name(s)).append(" | loudest |"));
        text.append("\n| --- | --- |").append(" ---: | --- |".repeat(sources.size())).append('\n');
        for (JsonNode row : json.path("models")) {
            text.append("| ").append(row.path("model").asText());
            text.append(row.path("attacked").asBoolean() ? " | yes |" : " | no |");
            for (Source source : sources) {
                JsonNode judged = row.path(name(source));
                text.append(
                        String.format(
                                Locale.ROOT,
                                " %.2g | %s |",
                                judged.path("p_value").asDouble(),
                                judged.path("loudest").asText()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private void summary(StringBuilder text, String source) {
        JsonNode found = json.path(source);
        text.append(
                String.format(
                        Locale.ROOT,
                        "%nNull %s: area under the curve %.4f over %d honest and %d attacked models.",
                        source,
                        found.path("auc").asDouble(),
                        found.path("honest").asLong(),
                        found.path("attacked").asLong()));
        for (JsonNode at : found.path("levels")) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            " Level %s: %d detected, %d false alarms.",
                            at.path("level").asText(),
                            at.path("detected").asLong(),
                            at.path("false_alarms").asLong()));
        }
        text.append('\n');
    }
}
