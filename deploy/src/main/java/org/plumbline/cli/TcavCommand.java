package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.LatentMask;
import org.plumbline.core.sensitivity.LayerSensitivity;
import org.plumbline.core.sensitivity.TcavReport;
import org.plumbline.core.tap.AuditForm;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntUnaryOperator;

/** Measures how a class depends on a concept. Confined to one thread. */
@Command(name = "tcav", description = "Measure how a class depends on a concept.")
final class TcavCommand implements Callable<Integer> {
    private static final int BATCH = 32;
    private static final int PROBES = 2;
    private static final int MASK_AXES = 3;

    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive.")
    private Path archive = Path.of("");

    @Option(
            names = "--layer",
            required = true,
            description = "Dotted path of a module or an operation; see inspect.")
    private String layer = "";

    @Option(
            names = "--output",
            description = "Where the logits are, if forward returns more: index, key or field.")
    private Optional<String> selected = Optional.empty();

    @Option(names = "--inputs", required = true, description = "Inputs [n,c,h,w], .npy.")
    private Path inputs = Path.of("");

    @Option(names = "--cav", required = true, description = "Unit vector [d], .npy.")
    private Path cav = Path.of("");

    @Option(
            names = "--class",
            description = "Class whose logit is differentiated (default: each label, else top).")
    private Optional<Integer> target = Optional.empty();

    @Option(
            names = "--labels",
            description = "Labels [n], .npy; with --class only rows of that class are measured.")
    private Optional<Path> labels = Optional.empty();

    @Option(
            names = "--mask",
            description = "Where the artifact is, [n,h,w] of the inputs or of the layer, .npy.")
    private Optional<Path> mask = Optional.empty();

    @Mixin private ExampleOptions examples = new ExampleOptions();

    @Mixin private SignificanceOptions significance = new SignificanceOptions();

    @Mixin private EffectOptions effects = new EffectOptions();

    @Override
    public Integer call() throws IOException {
        Plan plan = plan();
        Measured measured;
        try (TapFolder tap = TapFolder.open(archive, plan.layer(), selected, plan.images())) {
            measured = measured(tap.model(), plan);
        }
        ObjectNode result = result(measured, plan);
        ObjectNode table = result.deepCopy();
        table.path("classes").forEach(row -> ((ObjectNode) row).remove("captum"));
        output.result(result, table);
        return ExitCode.DONE;
    }

    /** Reads and checks everything before the model is loaded. */
    private Plan plan() {
        DenseVector direction = CavFile.read(cav);
        FloatTensor all = InputArray.read(inputs);
        Selection selection = Selection.of(all.rows(), labels.map(NpyFile::readLongs), target);
        Optional<FloatTensor> masks = mask.map(file -> masks(file, all.rows()));
        return new Plan(
                new LayerPath(layer),
                direction,
                all,
                all.rows(selection.rows()),
                selection,
                masks,
                pool(direction),
                check(direction));
    }

    private static FloatTensor masks(Path file, int rows) {
        FloatTensor masks = NpyFile.readFloats(file);
        if (masks.rank() != MASK_AXES || masks.rows() != rows) {
            throw AuditException.of(ErrorCode.BAD_DATA, "mask", masks, "[" + rows + ",h,w]");
        }
        return masks;
    }

    private Optional<Significance> pool(DenseVector direction) {
        return significance.asked()
                ? Optional.of(
                        new Significance(
                                significance.draw(
                                        examples.read("--random", direction.dimension()))))
                : Optional.empty();
    }

    private Optional<CausalCheck> check(DenseVector direction) {
        return effects.asked()
                ? Optional.of(
                        new CausalCheck(
                                effects.changes(
                                        direction,
                                        examples.read("--effects", direction.dimension())
                                                .labelled()
                                                .meanLengths(direction),
                                        examples.pooling())))
                : Optional.empty();
    }

    private Measured measured(TappedModel model, Plan plan) {
        AuditForm form =
                model.settle(plan.images().slice(0, Math.min(PROBES, plan.images().rows())));
        if (mask.isPresent() && form == AuditForm.FINITE_DIFFERENCES) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "mask",
                    mask.get(),
                    "none, since finite differences see all locations as one");
        }
        Selection grouped = plan.selection().grouped(top(model, plan));
        return new Measured(maps(model, plan, grouped), grouped, form);
    }

    /** Returns the class of the largest logit by place, computed if it is asked for. */
    private static IntUnaryOperator top(TappedModel model, Plan plan) {
        if (!plan.selection().asksForTop()) {
            return i -> {
                throw new IllegalStateException("class of " + i + ": unknown (expected: known)");
            };
        }
        return model.logits(plan.images(), BATCH)::largest;
    }

    private FloatTensor maps(TappedModel model, Plan plan, Selection selection) {
        FloatTensor images = plan.inputs().rows(selection.rows());
        Progress progress = output.progress();
        Rows rows = new Rows(images.rows());
        try (TcavBanks banks = TcavBanks.of(model, plan.cav(), plan.significance(), plan.check())) {
            int from = 0;
            while (from < images.rows()) {
                int to = selection.endOfRun(from, BATCH);
                FloatTensor batch = images.slice(from, to);
                int ofClass = selection.target(from);
                FloatTensor maps = LayerSensitivity.of(model, batch, ofClass, plan.cav());
                rows.add(maps);
                banks.run(batch, ofClass, maps);
                progress.show("tcav", to, images.rows(), to + " of " + images.rows());
                from = to;
            }
        }
        progress.done();
        return rows.tensor();
    }

    private ObjectNode result(Measured measured, Plan plan) {
        FloatTensor maps = measured.maps();
        int[] targets = measured.selection().targets();
        List<ClassRows> classes = ClassRows.of(targets);
        ObjectNode result =
                Output.object()
                        .put("layer", layer)
                        .put("gradient", measured.form().gradient())
                        .put("samples", maps.rows());
        Optional<FloatTensor> masks =
                plan.masks()
                        .map(
                                all ->
                                        LatentMask.of(
                                                all.rows(measured.selection().rows()),
                                                maps.extent(1),
                                                maps.extent(2)));
        TcavTable.describe(result, TcavReport.of(maps, targets, masks), maps, classes);
        plan.significance().ifPresent(pool -> pool.describe(result, classes));
        plan.check().ifPresent(check -> check.describe(result, ClassRows.withAll(targets)));
        return result;
    }

    /**
     * What is asked for.
     *
     * @param inputs all rows of the file
     * @param images the selected ones
     * @param masks of all rows
     */
    private record Plan(
            LayerPath layer,
            DenseVector cav,
            FloatTensor inputs,
            FloatTensor images,
            Selection selection,
            Optional<FloatTensor> masks,
            Optional<Significance> significance,
            Optional<CausalCheck> check) {}

    private record Measured(FloatTensor maps, Selection selection, AuditForm form) {}
}
