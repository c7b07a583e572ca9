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
        ExplanationMethod method = methods.method();
        FloatTensor images = InputArray.read(inputs);
        IntegratedGradients path = methods.path(images);
        Style style = pictures.style(images.extent(1));
        int figures = pictures.figures();
        List<String> names = pictures.names();
        OutputFile.require("out", out);
        raw.ifPresent(file -> OutputFile.require("raw", file));
        pictures.folder().ifPresent(folder -> OutputFile.requireFolder("png", folder));
        Optional<TangentBases> bases = tangent.map(file -> TangentBases.read(file, images));
        Explained found;
        Optional<Conservation> conservation;
        try (ExplainFolder model =
                ExplainFolder.open(archive, (work, device) -> methods.spec(path, work, device))) {
            requireClass(model.model(), images);
            found =
                    explain(
                            model.model(),
                            bases.isEmpty() ? method : beforeTangent(method),
                            images);
            conservation = conservation(path, model.model(), found);
        }
        Explained result = bases.map(b -> projected(method, found, images, b)).orElse(found);
        FloatTensor maps = mapping.maps(result.relevance());
        NpyFile.write(out, maps);
        if (raw.isPresent()) {
            NpyFile.write(raw.orElseThrow(), result.relevance());
        }
        Legend legend =
                new Legend(
                        methods.words() + " \u00b7 " + archive.getFileName(),
                        mapping.quantity(methods.quantity()));
        List<Path> files =
                pictures.folder().isEmpty()
                        ? List.of()
                        : new Pictures(new HeatMapBatch(images, maps), result, names, legend, style)
                                .write(pictures.folder().orElseThrow(), figures);
        report(result, maps, conservation, files);
        return ExitCode.DONE;
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

    private void report(
            Explained result,
            FloatTensor maps,
            Optional<Conservation> conservation,
            List<Path> files) {
        ObjectNode full = Output.object().put("method", methods.method().label());
        methods.describe(full);
        full.put("maps", mapping.words()).put("samples", result.size());
        ArrayNode shape = full.putArray("shape");
        for (long extent : maps.shape()) {
            shape.add(extent);
        }
        full.put("tangent", tangent.map(Path::toString).orElse("none"))
                .put("empty_maps", mapping.empty(result.relevance()));
        conservation.ifPresent(c -> c.describe(full));
        full.put("out", out.toString());
        raw.ifPresent(file -> full.put("raw", file.toString()));
        ArrayNode written = full.putArray("pictures");
        files.forEach(file -> written.add(file.toString()));
        ObjectNode table = full.deepCopy();
        table.put("pictures", files.size());
        rows(full.putArray("explanations"), result, conservation, result.size());
        rows(
                table.putArray("explanations"),
                result,
                conservation,
                Math.min(ROWS_IN_TABLE, result.size()));
        output.result(full, table);
    }

    private static void rows(
            ArrayNode rows, Explained result, Optional<Conservation> conservation, int count) {
        for (int i = 0; i < count; i++) {
            ObjectNode row =
                    rows.addObject()
                            .put("sample", i)
                            .put("class", result.classes().get(i))
                            .put("predicted", result.predicted(i))
                            .put("logit", result.logit(i))
                            .put("probability", result.probability(i))
                            .put("sum", result.sum(i));
            if (conservation.isPresent()) {
                row.put("error", conservation.orElseThrow().error(i));
            }
        }
    }
}
