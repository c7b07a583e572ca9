package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Lap;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.error.AuditException;
import org.plumbline.worker.LocalCorrection;
import org.plumbline.worker.store.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Fills the cells of a table, one correction each, run as a worker would. What is finished lies in
 * {@code cells} and is not done again unless its parameters changed. Confined to one thread.
 */
final class Experiment {
    private static final List<String> REPORTS = List.of("mining", "pruning");

    private final Design design;
    private final Path out;
    private final Progress progress;
    private final Repairs repairs;

    Experiment(Design design, Path out, Progress progress) {
        this.design = design;
        this.out = out;
        this.progress = progress;
        repairs = new Repairs(progress);
    }

    /**
     * Fills every cell and returns them all.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} before any work if a method or parameter is
     *     unknown
     */
    List<JsonNode> run(List<Cell> cells) throws IOException {
        cells.forEach(design::parameters);
        Files.createDirectories(out.resolve("cells"));
        Files.createDirectories(out.resolve("models"));
        List<JsonNode> results = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            progress.say(String.format(Locale.ROOT, "%d/%d %s", i + 1, cells.size(), cell.file()));
            results.add(result(cell));
            boolean last = i + 1 == cells.size() || !cells.get(i + 1).base().equals(cell.base());
            if (last) {
                TapFolder.delete(data(cell));
            }
        }
        return results;
    }

    private JsonNode result(Cell cell) throws IOException {
        Path file = out.resolve("cells").resolve(cell.file());
        if (Files.exists(file)) {
            JsonNode found = Json.mapper().readTree(file.toFile());
            JsonNode wanted = Json.mapper().valueToTree(design.parameters(cell));
            if (found.path("error").isMissingNode() && found.path("parameters").equals(wanted)) {
                return found;
            }
        }
        ObjectNode result = filled(cell);
        Path part = file.resolveSibling(cell.file() + ".part");
        Files.writeString(part, Output.text(result) + System.lineSeparator());
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        return result;
    }

    private ObjectNode filled(Cell cell) throws IOException {
        Design.Places places = places(cell);
        TapFolder.delete(places.reports());
        LocalCorrection.Request request = design.request(cell, places);
        ObjectNode result =
                Output.object()
                        .put("set", cell.set())
                        .put("seed", cell.seed())
                        .put("entry", cell.entry())
                        .put("method", request.method());
        result.set("parameters", Json.mapper().valueToTree(request.parameters()));
        Lap lap = Lap.of(() -> correct(request, result));
        if (request.reports().isPresent()) {
            addReports(request.reports().get(), result);
        }
        return result.put("seconds", lap.seconds())
                .put("processor_seconds", lap.processorSeconds());
    }

    private void correct(LocalCorrection.Request request, ObjectNode result) {
        try {
            Repairs.Done done = repairs.run(request);
            result.setAll((ObjectNode) Json.mapper().valueToTree(done.outcome()));
            result.set("steps", Json.mapper().valueToTree(done.steps()));
        } catch (AuditException e) { // a method that does not suit leaves its cell, not the table
            result.put("error", e.getMessage());
        }
    }

    private static void addReports(Path folder, ObjectNode result) throws IOException {
        for (String name : REPORTS) {
            Path file = folder.resolve(name + ".json");
            if (Files.exists(file)) {
                result.set(name, Json.mapper().readTree(file.toFile()));
            }
        }
    }

    /** Returns where a cell's files lie; data set and base model are made if they are missing. */
    private Design.Places places(Cell cell) throws IOException {
        Path data = data(cell);
        if (!Files.exists(data.resolve("inputs.npy"))) {
            design.data(cell).writeTensors(data);
        }
        Path models = out.resolve("models");
        Path base = models.resolve(cell.base() + ".pt");
        if (!Files.exists(base)) {
            design.writeBase(cell, data, base, repairs);
        }
        return new Design.Places(
                base,
                data,
                models.resolve(cell.name() + ".pt"),
                out.resolve("reports").resolve(cell.name()));
    }

    private Path data(Cell cell) {
        return out.resolve("data").resolve(cell.base());
    }
}
