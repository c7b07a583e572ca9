package org.plumbline.cli;

import ai.djl.Device;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.ExplainFolder;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.explain.ConceptLocalisation;
import org.plumbline.core.explain.LocalisedConcept;
import org.plumbline.core.heatmap.HeatMapBatch;
import org.plumbline.core.heatmap.Legend;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Shows where a concept lies in the pixels. Confined to one thread. */
@Command(
        name = "localise",
        description = "Write maps and masks: where in the inputs a concept lies.",
        sortOptions = false)
final class LocaliseCommand implements Callable<Integer> {
    private static final int ROWS_IN_TABLE = 20;

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive.")
    private Path archive = Path.of("");

    @Option(
            names = "--layer",
            required = true,
            description = "Dotted path of the module whose output the CAV was fitted to.")
    private String layer = "";

    @Option(names = "--cav", required = true, description = "Unit vector [d], .npy.")
    private Path cav = Path.of("");

    @Option(names = "--inputs", required = true, description = "Inputs [n,c,h,w], .npy.")
    private Path inputs = Path.of("");

    @Option(
            names = "--concept",
            description =
                    "0 or 1 per input, .npy: only inputs with the concept are localised, the others"
                            + " get empty maps (default: all).")
    private Optional<Path> concept = Optional.empty();

    @Option(names = "--out", required = true, description = "Where to write maps [n,h,w], .npy.")
    private Path out = Path.of("");

    @Option(
            names = "--mask",
            description = "Where to write masks of 0 and 1 [n,h,w], .npy: mask.npy of a data set.")
    private Optional<Path> mask = Optional.empty();

    @Option(
            names = "--threshold",
            defaultValue = "" + ConceptLocalisation.THRESHOLD,
            description =
                    "Share of a smoothed map's largest value from which on a pixel is in the mask"
                            + " (default: ${DEFAULT-VALUE}).")
    private double threshold = ConceptLocalisation.THRESHOLD;

    @Option(
            names = "--composite",
            defaultValue = "epsilon-plus-flat",
            description = "Rules of LRP, as for explain (default: ${DEFAULT-VALUE}).")
    private String composite = "epsilon-plus-flat";

    @Option(
            names = "--batch",
            defaultValue = "16",
            description = "Images per call of the engine (default: ${DEFAULT-VALUE}).")
    private int batch = 16;

    @Mixin private PictureOptions pictures = new PictureOptions();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        LocalisationPlan plan = plan();
        Localisations found = found(plan);
        NpyFile.write(out, plan.all(found.maps()));
        if (mask.isPresent()) {
            NpyFile.write(
                    mask.orElseThrow(),
                    plan.all(ConceptLocalisation.masks(found.maps(), threshold)));
        }
        ObjectNode result = summary(plan, found, draw(plan, found));
        ObjectNode table = result.deepCopy();
        table.put("pictures", result.path("pictures").size());
        int rows = plan.rows().size();
        describe(plan, found, table.putArray("localised"), Math.min(ROWS_IN_TABLE, rows));
        describe(plan, found, result.putArray("localised"), rows);
        output.result(result, table);
        return ExitCode.DONE;
    }

    /** Reads and checks everything before the model is loaded. */
    private LocalisationPlan plan() {
        FloatTensor all = InputArray.read(inputs);
        List<Integer> rows = rows(all.rows());
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException(
                    "threshold: " + threshold + " (expected: above 0, at most 1)");
        }
        LocalisationPlan plan =
                new LocalisationPlan(
                        all.rows(),
                        rows,
                        all.rows(rows.stream().mapToInt(i -> i).toArray()),
                        CavFile.read(cav),
                        pictures.style(all.extent(1)),
                        pictures.names());
        pictures.figures();
        OutputFile.require("out", out);
        mask.ifPresent(file -> OutputFile.require("mask", file));
        pictures.folder().ifPresent(folder -> OutputFile.requireFolder("png", folder));
        return plan;
    }

    private List<Integer> rows(int count) {
        if (concept.isEmpty()) {
            return IntStream.range(0, count).boxed().toList();
        }
        long[] has = NpyFile.readLongs(concept.orElseThrow());
        if (has.length != count || Arrays.stream(has).anyMatch(value -> value != 0 && value != 1)) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "concept",
                    has.length + " values",
                    "0 or 1 for each of " + count + " inputs");
        }
        List<Integer> rows = IntStream.range(0, count).filter(i -> has[i] == 1).boxed().toList();
        if (rows.isEmpty()) {
            throw AuditException.of(ErrorCode.BAD_DATA, "concept", "no 1", "at least one");
        }
        return rows;
    }

    private Localisations found(LocalisationPlan plan) throws IOException {
        try (ExplainFolder folder = ExplainFolder.open(archive, plan.images(), this::spec)) {
            return localise(folder.model(), plan);
        }
    }

    private ExplainSpec spec(Path work, Device device) {
        return ExplainSpec.of(work, device, ExplanationMethod.LRP)
                .with(Choice.of(Composite.class, "composite", composite).rules())
                .at(new LayerPath(layer))
                .withBatch(batch);
    }

    private Localisations localise(ExplainableModel model, LocalisationPlan plan) {
        Progress progress = output.progress();
        int count = plan.images().rows();
        Explanations explanations = new Explanations(count);
        Rows maps = new Rows(count);
        List<Double> strengths = new ArrayList<>();
        for (int from = 0; from < count; from += batch) {
            int to = Math.min(count, from + batch);
            LocalisedConcept part =
                    ConceptLocalisation.of(model, plan.cav(), plan.images().slice(from, to));
            explanations.add(part.pixels());
            maps.add(part.maps());
            IntStream.range(0, to - from).mapToObj(part::strength).forEach(strengths::add);
            progress.show("localise", to, count, to + " of " + count);
        }
        progress.done();
        return new Localisations(maps.tensor(), explanations.explained(), strengths);
    }

    private List<Path> draw(LocalisationPlan plan, Localisations found) throws IOException {
        if (pictures.folder().isEmpty()) {
            return List.of();
        }
        Legend legend =
                new Legend(
                        "concept "
                                + cav.getFileName()
                                + " at "
                                + layer
                                + " \u00b7 "
                                + archive.getFileName(),
                        "relevance, units of activation");
        return new Pictures(
                        new HeatMapBatch(plan.images(), found.maps()),
                        found.explained(),
                        plan.names(),
                        legend,
                        plan.style())
                .write(pictures.folder().orElseThrow(), pictures.figures());
    }

    private ObjectNode summary(LocalisationPlan plan, Localisations found, List<Path> files) {
        ObjectNode node =
                Output.object()
                        .put("layer", layer)
                        .put("composite", composite)
                        .put("samples", plan.count())
                        .put("localised_samples", plan.rows().size())
                        .put("empty_maps", found.empty())
                        .put("out", out.toString());
        if (mask.isPresent()) {
            FloatTensor masks = ConceptLocalisation.masks(found.maps(), threshold);
            double inside = 0;
            for (float value : masks.values()) {
                inside += value;
            }
            node.put("mask", mask.orElseThrow().toString())
                    .put("threshold", threshold)
                    .put("mask_area_ratio", inside / masks.values().length);
        }
        ArrayNode written = node.putArray("pictures");
        files.forEach(file -> written.add(file.toString()));
        return node;
    }

    private static void describe(
            LocalisationPlan plan, Localisations found, ArrayNode rows, int count) {
        for (int i = 0; i < count; i++) {
            rows.addObject()
                    .put("sample", plan.rows().get(i))
                    .put("predicted", found.explained().predicted(i))
                    .put("strength", found.strengths().get(i))
                    .put("relevance", found.explained().sum(i));
        }
    }
}
