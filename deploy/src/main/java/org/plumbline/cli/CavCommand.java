package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Fits a concept activation vector and says how far to trust it. Confined to one thread. */
@Command(name = "cav", description = "Fit a concept activation vector.")
final class CavCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(
            names = "--activations",
            required = true,
            description = "Pooled [n,d], or raw [n,d,h,w] with --pool, .npy.")
    private Path activations = Path.of("");

    @Option(names = "--labels", required = true, description = "0 or 1 per row, .npy.")
    private Path labels = Path.of("");

    @Option(
            names = "--type",
            defaultValue = "signal",
            description =
                    "Estimator: signal, svm, ridge, lasso, logistic or mean-difference (default:"
                            + " ${DEFAULT-VALUE}).")
    private String type = "signal";

    @Option(
            names = "--pool",
            description =
                    "How raw activations become [n,d]: max, mean, or none for a CAV of the whole"
                            + " activation.")
    private Optional<String> pool = Optional.empty();

    @Option(
            names = "--parameter",
            description = "C or alpha (default: chosen by five-fold grid search).")
    private OptionalDouble parameter = OptionalDouble.empty();

    @Option(
            names = "--legacy",
            description = "Count a first row with the concept as one without, as published.")
    private boolean legacy;

    @Option(
            names = "--compare",
            paramLabel = "V.npy",
            description = "Report the cosine with this CAV; may be repeated.")
    private List<Path> compare = new ArrayList<>();

    @Mixin private CavQualityOptions quality = new CavQualityOptions();

    @Option(names = "--out", required = true, description = "Where to write [d], .npy.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        CavKind kind = kind();
        FloatTensor rows = rows();
        long[] flags = NpyFile.readLongs(labels);
        LabelledActivations data = named(() -> data(rows, flags));
        CavFit fit =
                named(
                        () ->
                                parameter.isPresent()
                                        ? kind.fit(data, parameter.getAsDouble())
                                        : kind.fit(data));
        DenseVector cav = fit.direction();
        NpyFile.write(out, FloatTensor.of(cav.toArray(), cav.dimension()));
        output.result(result(data, fit));
        return ExitCode.DONE;
    }

    private CavKind kind() {
        try {
            return CavKind.parse(type);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "type: " + type + " (expected: " + CavKind.labels() + ")", e);
        }
    }

    private LabelledActivations data(FloatTensor rows, long[] flags) {
        LabelledActivations data = LabelledActivations.of(rows, flags);
        return legacy ? data.legacy() : data;
    }

    /** Names the files in what the examples are refused for. */
    private <T> T named(Supplier<T> step) {
        try {
            return step.get();
        } catch (AuditException e) {
            String files = activations.getFileName() + " and " + labels.getFileName();
            throw new AuditException(e.code(), files + ": " + e.getMessage(), e);
        }
    }

    private FloatTensor rows() {
        FloatTensor rows = NpyFile.readFloats(activations);
        if (pool.isPresent() && rows.rank() == 4) {
            rows = Pooling.parse(pool.get()).pool(rows);
        }
        if (rows.rank() != 2) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "activations " + activations.getFileName(),
                    rows,
                    "pooled, two axes [n, d], or [n, d, h, w] with --pool");
        }
        return rows;
    }

    private ObjectNode result(LabelledActivations data, CavFit fit) {
        ObjectNode result =
                Output.object()
                        .put("type", type)
                        .put("dimension", data.dimension())
                        .put("norm", fit.norm());
        fit.parameter()
                .ifPresent(
                        chosen -> {
                            ObjectNode node =
                                    result.putObject("hyper_parameter")
                                            .put("name", chosen.name())
                                            .put("value", chosen.value());
                            if (!chosen.scores().isEmpty()) {
                                chosen.scores().forEach(node.putArray("scores")::add);
                            }
                        });
        var lengths = data.meanLengths(fit.direction());
        result.putObject("mean_lengths")
                .put("clean", lengths.clean())
                .put("artifact", lengths.artifact());
        quality.report(data, fit, result.putObject("quality"));
        if (!compare.isEmpty()) {
            ObjectNode cosines = result.putObject("cosines");
            compare.forEach(file -> cosines.put(file.toString(), cosine(file, fit)));
        }
        return result.put("out", out.toString());
    }

    private static double cosine(Path file, CavFit fit) {
        FloatTensor other = NpyFile.readFloats(file);
        if (other.rank() != 1 || other.rows() != fit.direction().dimension()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "compare " + file,
                    other,
                    "one axis [" + fit.direction().dimension() + "]");
        }
        return fit.direction().cosine(DenseVector.copyOf(other.values()));
    }
}
