package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.CaptumTcav;
import org.plumbline.core.sensitivity.LatentMask;
import org.plumbline.core.sensitivity.LayerSensitivity;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.core.tap.AuditForm;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Measures how a class depends on a concept. Confined to one thread. */
@Command(name = "tcav", description = "Measure how a class depends on a concept.")
final class TcavCommand implements Callable<Integer> {
    private static final int BATCH = 32;
    private static final int PROBES = 4;

    @Mixin private Output output = new Output();

    @Spec private @Nullable CommandSpec spec;

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

    @Option(names = "--random", description = "Not available in this version.")
    private Optional<Integer> random = Optional.empty();

    @Override
    public Integer call() throws IOException {
        refuseRandom();
        LayerPath path = new LayerPath(layer);
        FloatTensor direction = NpyFile.readFloats(cav);
        if (direction.rank() != 1) {
            throw AuditException.of(ErrorCode.BAD_DATA, "cav", direction, "one axis [d]");
        }
        Selection selection =
                Selection.of(
                        NpyFile.readFloats(inputs).rows(), labels.map(NpyFile::readLongs), target);
        FloatTensor images = NpyFile.readFloats(inputs).rows(selection.rows());
        FloatTensor maps;
        AuditForm form;
        try (TapFolder tap = TapFolder.open(archive, path, selected)) {
            form = tap.model().settle(images.slice(0, Math.min(PROBES, images.rows())));
            maps = maps(tap.model(), images, selection, DenseVector.copyOf(direction.values()));
        }
        output.result(result(maps, selection, form));
        return ExitCode.DONE;
    }

    private void refuseRandom() {
        if (random.isPresent() && spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "random: "
                            + random.orElseThrow()
                            + " (expected: absent; this version has no random CAVs yet)");
        }
    }

    private FloatTensor maps(
            TappedModel model, FloatTensor images, Selection selection, DenseVector direction) {
        Progress progress = output.progress();
        Rows rows = new Rows(images.rows());
        int from = 0;
        while (from < images.rows()) {
            int to = selection.endOfRun(from, BATCH);
            rows.add(
                    LayerSensitivity.of(
                            model, images.slice(from, to), selection.target(from), direction));
            progress.show("tcav", to, images.rows(), to + " of " + images.rows());
            from = to;
        }
        progress.done();
        return rows.tensor();
    }

    private ObjectNode result(FloatTensor maps, Selection selection, AuditForm form) {
        TcavMetrics metrics = TcavMetrics.of(maps);
        ObjectNode result =
                Output.object()
                        .put("layer", layer)
                        .put("gradient", form.gradient())
                        .put("samples", maps.rows())
                        .put("score", metrics.meanQuotient())
                        .put("score_standard_error", metrics.meanQuotientStandardError())
                        .put("location_score", metrics.quotient())
                        .put("location_score_standard_error", metrics.quotientStandardError());
        if (mask.isPresent() && form == AuditForm.FINITE_DIFFERENCES) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "mask",
                    mask.get(),
                    "none, since finite differences see all locations as one");
        }
        mask.ifPresent(
                file ->
                        result.put(
                                "masked_score",
                                TcavMetrics.maskedQuotient(
                                        maps,
                                        LatentMask.of(
                                                NpyFile.readFloats(file).rows(selection.rows()),
                                                maps.extent(1),
                                                maps.extent(2)))));
        CaptumTcav captum = CaptumTcav.of(maps);
        result.putObject("captum")
                .put("sign_count", captum.signCount())
                .put("magnitude", captum.magnitude());
        return result.put("sensitivity", metrics.sensitivity())
                .put("sensitivity_standard_error", metrics.sensitivityStandardError())
                .put("positive_locations", metrics.positive())
                .put("negative_locations", metrics.negative())
                .put("zero_locations", metrics.zero());
    }
}
