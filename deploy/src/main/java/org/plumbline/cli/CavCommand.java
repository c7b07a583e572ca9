package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.cav.MeanLengths;
import org.plumbline.core.cav.SignalCav;
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
import java.util.concurrent.Callable;

/** Fits a concept activation vector. Confined to one thread. */
@Command(name = "cav", description = "Fit a concept activation vector.")
final class CavCommand implements Callable<Integer> {
    private static final String SIGNAL = "signal";

    @Mixin private Output output = new Output();

    @Option(names = "--activations", required = true, description = "Pooled [n,d], .npy.")
    private Path activations = Path.of("");

    @Option(names = "--labels", required = true, description = "0 or 1 per row, .npy.")
    private Path labels = Path.of("");

    @Option(
            names = "--type",
            defaultValue = SIGNAL,
            description = "Estimator: signal (default: ${DEFAULT-VALUE}).")
    private String type = SIGNAL;

    @Option(names = "--out", required = true, description = "Where to write [d], .npy.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        if (!type.equals(SIGNAL)) {
            throw new IllegalArgumentException("type: " + type + " (expected: signal)");
        }
        FloatTensor rows = NpyFile.readFloats(activations);
        if (rows.rank() != 2) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "activations", rows, "pooled, two axes [n, d]");
        }
        long[] concept = NpyFile.readLongs(labels);
        DenseVector cav = SignalCav.fit(rows, concept);
        NpyFile.write(out, FloatTensor.of(cav.toArray(), cav.dimension()));
        output.result(result(rows, concept, cav));
        return ExitCode.DONE;
    }

    private ObjectNode result(FloatTensor rows, long[] concept, DenseVector cav) {
        MeanLengths lengths = MeanLengths.of(rows, concept, cav);
        CavQuality quality = CavQuality.of(rows, concept, cav);
        ObjectNode result =
                Output.object()
                        .put("type", type)
                        .put("dimension", cav.dimension())
                        // the signal direction is the difference of the means, so this is its norm
                        .put("norm", lengths.artifact() - lengths.clean());
        result.putObject("mean_lengths")
                .put("clean", lengths.clean())
                .put("artifact", lengths.artifact());
        result.putObject("quality")
                .put("separability", quality.separability())
                .put("auc", quality.auc());
        return result.put("out", out.toString());
    }
}
