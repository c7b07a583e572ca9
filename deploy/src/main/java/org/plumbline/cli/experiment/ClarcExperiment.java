package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.quickstart.FashionBias;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.LocalCorrection;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.generator.IdxSet;
import org.plumbline.worker.generator.PictureSet;
import org.plumbline.worker.job.RepairOutcome;
import org.plumbline.worker.job.RepairProgress;
import org.plumbline.worker.store.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Fills the cells of a table, one correction each, run as a worker would. What is finished lies in
 * {@code cells} and is not done again unless its parameters changed. Confined to one thread.
 */
final class ClarcExperiment {
    private final Path images;
    private final Path models;
    private final Path out;
    private final ExperimentScale scale;
    private final Progress progress;
    private final MethodDefaults defaults = MethodDefaults.load();

    ClarcExperiment(Path images, Path models, Path out, ExperimentScale scale, Progress progress) {
        this.images = images;
        this.models = models;
        this.out = out;
        this.scale = scale;
        this.progress = progress;
    }

    /**
     * Fills every cell and returns them all.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} before any work if a method or parameter is
     *     unknown
     */
    List<JsonNode> run(List<Study> studies, List<Long> seeds, List<String> entries)
            throws IOException {
        List<Cell> cells = new ArrayList<>();
        for (Study study : studies) {
            for (long seed : seeds) {
                for (String entry : entries) {
                    defaults.parameters(entry, study, seed, scale.correctionEpochs());
                    cells.add(
                            new Cell(study, scale.trainingImages(), scale.choosing(), seed, entry));
                }
            }
        }
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
            JsonNode wanted = Json.mapper().valueToTree(parameters(cell));
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
        Path base = base(cell);
        Map<String, String> parameters = parameters(cell);
        ObjectNode result =
                Output.object()
                        .put("set", cell.study().label())
                        .put("seed", cell.seed())
                        .put("entry", cell.entry())
                        .put("method", defaults.method(cell.entry()));
        result.set("parameters", Json.mapper().valueToTree(parameters));
        long start = System.nanoTime();
        Path repaired = out.resolve("models").resolve(cell.base() + "-" + cell.entry() + ".pt");
        try {
            RepairOutcome outcome =
                    correct(cell, base, defaults.method(cell.entry()), parameters, true, repaired);
            result.setAll((ObjectNode) Json.mapper().valueToTree(outcome));
        } catch (AuditException e) { // a method that does not suit leaves its cell, not the table
            result.put("error", e.getMessage());
        }
        return result.put("seconds", (System.nanoTime() - start) / 1e9);
    }

    private Map<String, String> parameters(Cell cell) {
        return defaults.parameters(
                cell.entry(), cell.study(), cell.seed(), scale.correctionEpochs());
    }

    /** Returns the biased model, made where it does not exist yet. */
    private Path base(Cell cell) throws IOException {
        Path data = data(cell);
        if (!Files.exists(data.resolve("inputs.npy"))) {
            cell.study()
                    .biased(
                            IdxSet.read(images, "train", scale.trainingImages()),
                            measured(),
                            cell.seed())
                    .writeTensors(data);
        }
        Path base = out.resolve("models").resolve(cell.base() + ".pt");
        if (!Files.exists(base)) {
            Map<String, String> parameters =
                    new TreeMap<>(FashionBias.training(scale.trainingEpochs()));
            parameters.put("seed", String.valueOf(cell.seed()));
            Path network = models.resolve(cell.study().network());
            correct(cell, network, "vanilla", parameters, false, base);
        }
        return base;
    }

    /** Returns test images, or training images behind those that are trained on. */
    private PictureSet measured() {
        int training = scale.trainingImages();
        return scale.choosing()
                ? IdxSet.read(images, "train", training + scale.testImages())
                        .range(training, training + scale.testImages())
                : IdxSet.read(images, "t10k", scale.testImages());
    }

    private Path data(Cell cell) {
        return out.resolve("data").resolve(cell.base());
    }

    private RepairOutcome correct(
            Cell cell,
            Path archive,
            String method,
            Map<String, String> parameters,
            boolean concept,
            Path to) {
        RepairOutcome outcome =
                LocalCorrection.run(
                        new LocalCorrection.Request(
                                archive,
                                data(cell),
                                method,
                                parameters,
                                concept
                                        ? Optional.of(new LayerPath(FashionBias.LAYER))
                                        : Optional.empty(),
                                concept
                                        ? Optional.of(new ConceptId(cell.study().concept()))
                                        : Optional.empty(),
                                concept ? OptionalInt.of(Study.TARGET) : OptionalInt.empty(),
                                to),
                        GateBounds.defaults(),
                        DeviceChoice.AUTO,
                        this::show);
        progress.done();
        return outcome;
    }

    private void show(RepairProgress state) {
        progress.show(
                state.phase(),
                state.step(),
                state.steps(),
                "epoch " + state.epoch() + "/" + state.epochs());
    }
}
