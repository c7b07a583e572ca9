package org.plumbline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.Margins;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.twin.TwinSettings;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Measures detection over folders of honest and attacked archives; or, over honest ones alone, the
 * margins. Examined archives are kept, so that a run goes on where it stopped.
 */
@Command(
        name = "experiment",
        description = "Measure detection over honest and attacked models, or the margins.",
        sortOptions = false)
final class FairwashExperimentCommand implements Callable<Integer> {
    @Option(names = "--honest", required = true, description = "Folder of honest archives, .pt.")
    private Path honest = Path.of("");

    @Option(names = "--attacked", description = "Folder of attacked archives, .pt.")
    private Optional<Path> attacked = Optional.empty();

    @Option(names = "--inputs", required = true, description = "Requests [n,c,h,w], .npy.")
    private Path inputs = Path.of("");

    @Option(names = "--clean", required = true, description = "Clean inputs [m,c,h,w], .npy.")
    private Path clean = Path.of("");

    @Option(names = "--reference", description = "A trusted version of every model.")
    private Optional<Path> reference = Optional.empty();

    @Option(names = "--twins", defaultValue = "3", description = "Twins a model (default: 3).")
    private int twins;

    @Option(names = "--steps", defaultValue = "300", description = "Updates (default: 300).")
    private int steps;

    @Option(names = "--seed", defaultValue = "1", description = "Seed (default: 1).")
    private long seed;

    @Option(names = "--level", defaultValue = "0.01", description = "Level (default: 0.01).")
    private double level;

    @Option(names = "--margins", description = "Write margins of the honest archives here.")
    private Optional<Path> margins = Optional.empty();

    @Option(names = "--out", required = true, description = "Folder of results.")
    private Path out = Path.of("");

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        OutputFile.requireFolder("out", out);
        List<ExaminedModel> found = new ArrayList<>(examined(honest, false));
        if (margins.isPresent()) {
            Files.writeString(margins.orElseThrow(), MarginText.of(found));
        }
        if (attacked.isPresent()) {
            found.addAll(examined(attacked.orElseThrow(), true));
        }
        ObjectNode result = result(found);
        Files.writeString(out.resolve("results.json"), Output.text(result));
        Files.writeString(out.resolve("results.md"), table(result));
        output.result(result);
        return ExitCode.DONE;
    }

    private List<ExaminedModel> examined(Path folder, boolean bad) throws IOException {
        Laboratory laboratory =
                Laboratory.read(inputs, Optional.of(clean), Optional.empty(), List.of());
        Calibration calibration =
                new Calibration(
                        laboratory,
                        new TwinSettings(twins, steps, 64, 1e-3, seed),
                        trusted(laboratory));
        Progress progress = output.progress();
        List<ExaminedModel> models = new ArrayList<>();
        for (Path archive : archives(folder)) {
            progress.say(archive.toString());
            models.add(
                    ExaminedModel.of(
                            archive, bad, calibration, Digest.of(inputs).hex(), out, progress));
        }
        progress.done();
        return models;
    }

    private static List<Path> archives(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(f -> f.toString().endsWith(".pt")).sorted().toList();
            if (found.isEmpty()) {
                throw AuditException.of(
                        ErrorCode.BAD_DATA, "archives", folder, "a folder with .pt files");
            }
            return found;
        }
    }

    private ObjectNode result(List<ExaminedModel> models) {
        ObjectNode node = Output.object().put("level", level).put("twins_per_model", twins);
        Map<Source, Map<ExaminedModel, Double>> pValues = new EnumMap<>(Source.class);
        ArrayNode rows = node.putArray("models");
        for (ExaminedModel model : models) {
            ObjectNode row = rows.addObject().put("model", model.name());
            row.put("attacked", model.attacked());
            for (Source source : List.of(Source.TWINS, Source.POPULATION)) {
                ExaminedModel.Judged judged = model.judged(source, Margins.standard(), level);
                String name = source.name().toLowerCase(Locale.ROOT);
                row.put("p_" + name, judged.verdict().pValue());
                row.put("loudest_" + name, judged.loudest());
                pValues.computeIfAbsent(source, s -> new TreeMap<>()).put(model, judged.score());
                count(node, name, model, judged);
            }
        }
        pValues.forEach(
                (source, byModel) ->
                        node.withObject("/" + source.name().toLowerCase(Locale.ROOT))
                                .put("auc", ExaminedModel.auc(byModel)));
        return node;
    }

    private static String table(ObjectNode result) {
        StringBuilder text = new StringBuilder();
        text.append("| model | attacked | p, twins | loudest | p, population | loudest |\n");
        text.append("| --- | --- | --- | --- | --- | --- |\n");
        for (JsonNode row : result.path("models")) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %.2g | %s | %.2g | %s |%n",
                            row.path("model").asText(),
                            row.path("attacked").asBoolean() ? "yes" : "no",
                            row.path("p_twins").asDouble(),
                            row.path("loudest_twins").asText(),
                            row.path("p_population").asDouble(),
                            row.path("loudest_population").asText()));
        }
        for (String source : List.of("twins", "population")) {
            text.append("\n").append(source).append(": ").append(result.path(source)).append("\n");
        }
        return text.toString();
    }

    private static void count(
            ObjectNode node, String source, ExaminedModel model, ExaminedModel.Judged judged) {
        ObjectNode counts = node.withObject("/" + source);
        String total = model.attacked() ? "attacked" : "honest";
        String hits = model.attacked() ? "detected" : "false_alarms";
        counts.put(total, counts.path(total).asInt() + 1);
        counts.put(hits, counts.path(hits).asInt() + (judged.verdict().suspect() ? 1 : 0));
    }

    private Optional<Examination> trusted(Laboratory laboratory) throws IOException {
        return reference.isEmpty()
                ? Optional.empty()
                : Optional.of(laboratory.examine(reference.orElseThrow()));
    }
}
