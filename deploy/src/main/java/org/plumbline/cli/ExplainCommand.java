package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.Explanations.Explained;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.ExplainFolder;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.heatmap.HeatMapBatch;
import org.plumbline.core.heatmap.Legend;
import org.plumbline.core.heatmap.Style;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tap.IntegratedGradients;
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

/** Explains decisions by heat maps over the inputs. Confined to one thread. */
@Command(
        name = "explain",
        description = "Write heat maps: what in the inputs speaks for a class.",
        sortOptions = false)
final class ExplainCommand implements Callable<Integer> {
    private static final int ROWS_IN_TABLE = 20;

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive.")
    private Path archive = Path.of("");

    @Option(names = "--inputs", required = true, description = "Inputs [n,c,h,w], .npy.")
    private Path inputs = Path.of("");

    @Option(
            names = "--class",
            description = "Class whose logit is explained (default: the predicted one of each).")
    private Optional<Integer> target = Optional.empty();

    @Option(
            names = "--tangent",
            paramLabel = "P.npz",
            description =
                    "Project attributions on tangent spaces: orthonormal v [n,D,d], one basis per"
                            + " input.")
    private Optional<Path> tangent = Optional.empty();

    @Option(names = "--out", required = true, description = "Where to write maps [n,h,w], .npy.")
    private Path out = Path.of("");

    @Option(names = "--raw", description = "Where to write attributions [n,c,h,w], .npy.")
    private Optional<Path> raw = Optional.empty();

    @Mixin private MethodOptions methods = new MethodOptions();

    @Mixin private MapOptions mapping = new MapOptions();

    @Mixin private PictureOptions pictures = new PictureOptions();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        Plan plan = plan();
        Answer answer = answer(plan);
        FloatTensor maps = mapping.maps(answer.explained().relevance());
        NpyFile.write(out, maps);
        if (raw.isPresent()) {
            NpyFile.write(raw.orElseThrow(), answer.explained().relevance());
        }
        ObjectNode summary = summary(answer, maps, draw(plan, answer.explained(), maps));
        ObjectNode table = summary.deepCopy();
        table.put("pictures", summary.path("pictures").size());
        int all = answer.explained().size();
        answer.describe(table.putArray("explanations"), Math.min(ROWS_IN_TABLE, all));
        answer.describe(summary.putArray("explanations"), all);
        output.result(summary, table);
        return ExitCode.DONE;
    }

    /** Reads and checks everything before the model is loaded. */
    private Plan plan() {
        FloatTensor images = InputArray.read(inputs);
        Plan plan =
                new Plan(
                        images,
                        methods.path(images),
                        tangent.map(file -> TangentBases.read(file, images)),
                        pictures.style(images.extent(1)),
                        pictures.names());
        pictures.figures();
        OutputFile.require("out", out);
        raw.ifPresent(file -> OutputFile.require("raw", file));
        pictures.folder().ifPresent(folder -> OutputFile.requireFolder("png", folder));
        return plan;
    }

    private Answer answer(Plan plan) throws IOException {
        ExplanationMethod method = methods.method();
        try (ExplainFolder folder =
                ExplainFolder.open(
                        archive,
                        plan.images(),
                        (work, device) -> methods.spec(plan.path(), work, device))) {
            ExplainableModel model = folder.model();
            requireClass(model, plan.images());
            Explained found =
                    explain(
                            model,
                            plan.bases().isEmpty() ? method : beforeTangent(method),
                            plan.images());
            Explained projected =
                    plan.bases()
                            .map(bases -> projected(method, found, plan.images(), bases))
                            .orElse(found);
            return new Answer(projected, conservation(plan.path(), model, found));
        }
    }

    private List<Path> draw(Plan plan, Explained explained, FloatTensor maps) throws IOException {
        if (pictures.folder().isEmpty()) {
            return List.of();
        }
        Legend legend =
                new Legend(
                        methods.words() + " \u00b7 " + archive.getFileName(),
                        mapping.quantity(methods.quantity()));
        return new Pictures(
                        new HeatMapBatch(plan.images(), maps),
                        explained,
                        plan.names(),
                        legend,
                        plan.style())
                .write(pictures.folder().orElseThrow(), pictures.figures());
    }

    /** Returns the method to run if its result is projected: gradients are before they meet x. */
    private static ExplanationMethod beforeTangent(ExplanationMethod method) {
        return method == ExplanationMethod.GRADIENT_INPUT ? ExplanationMethod.GRADIENT : method;
    }

    private static Explained projected(
            ExplanationMethod method, Explained found, FloatTensor images, TangentBases bases) {
        FloatTensor projected = bases.project(found.relevance());
        if (method == ExplanationMethod.GRADIENT_INPUT) {
            for (int i = 0; i < projected.values().length; i++) {
                projected.values()[i] *= images.values()[i];
            }
        }
        return found.with(projected);
    }

    private void requireClass(ExplainableModel model, FloatTensor images) {
        int classes =
                model.explain(ExplanationMethod.GRADIENT, images.slice(0, 1), -1)
                        .logits()
                        .rowSize();
        target.ifPresent(
                k -> {
                    if (k < 0 || k >= classes) {
                        throw AuditException.of(
                                ErrorCode.INVALID_ARGUMENT, "class", k, "0 to " + (classes - 1));
                    }
                });
    }

    private Explained explain(
            ExplainableModel model, ExplanationMethod method, FloatTensor images) {
        Progress progress = output.progress();
        Explanations all = new Explanations(images.rows());
        int chunk = methods.chunk(images.rows());
        for (int from = 0; from < images.rows(); from += chunk) {
            int to = Math.min(images.rows(), from + chunk);
            all.add(model.explain(method, images.slice(from, to), target.orElse(-1)));
            progress.show("explain", to, images.rows(), to + " of " + images.rows());
        }
        progress.done();
        return all.explained();
    }

    private Optional<Conservation> conservation(
            IntegratedGradients path, ExplainableModel model, Explained found) {
        return switch (methods.method()) {
            case GRADIENT, GRADIENT_INPUT -> Optional.empty();
            case INTEGRATED_GRADIENTS -> Conservation.ofPath(path, model, found);
            case LRP -> Optional.of(Conservation.ofRelevance(methods.rules(), found));
        };
    }

    private ObjectNode summary(Answer answer, FloatTensor maps, List<Path> files) {
        ObjectNode node = Output.object().put("method", methods.method().label());
        methods.describe(node);
        node.put("maps", mapping.words()).put("samples", maps.rows());
        ArrayNode shape = node.putArray("shape");
        for (long extent : maps.shape()) {
            shape.add(extent);
        }
        node.put("tangent", tangent.map(Path::toString).orElse("none"))
                .put("maps_without_sum", mapping.empty(answer.explained().relevance()))
                .put("values_not_finite", notFinite(maps));
        answer.conservation().ifPresent(sums -> sums.describe(node));
        node.put("out", out.toString());
        raw.ifPresent(file -> node.put("raw", file.toString()));
        ArrayNode written = node.putArray("pictures");
        files.forEach(file -> written.add(file.toString()));
        return node;
    }

    private static int notFinite(FloatTensor maps) {
        int count = 0;
        for (float value : maps.values()) {
            count += Float.isFinite(value) ? 0 : 1;
        }
        return count;
    }

    private record Plan(
            FloatTensor images,
            IntegratedGradients path,
            Optional<TangentBases> bases,
            Style style,
            List<String> names) {}

    private record Answer(Explained explained, Optional<Conservation> conservation) {
        void describe(ArrayNode rows, int count) {
            for (int i = 0; i < count; i++) {
                ObjectNode row = rows.addObject();
                explained.describe(row, i);
                if (conservation.isPresent()) {
                    row.put("error", conservation.orElseThrow().error(i));
                }
            }
        }
    }
}
