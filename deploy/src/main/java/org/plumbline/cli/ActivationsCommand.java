package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Writes the activations of a layer. Confined to one thread. */
@Command(name = "activations", description = "Write the activations of a layer.")
final class ActivationsCommand implements Callable<Integer> {
    private static final int BATCH = 32;

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

    @Option(
            names = "--pool",
            defaultValue = "none",
            description = "max, mean or none (default: ${DEFAULT-VALUE}).")
    private String pool = "none";

    @Option(names = "--out", required = true, description = "Where to write, .npy.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        LayerPath path = new LayerPath(layer);
        Pools pooling = Pools.parse(pool);
        FloatTensor images = NpyFile.readFloats(inputs);
        if (images.rows() == 0) {
            throw AuditException.of(ErrorCode.BAD_DATA, "inputs", "no rows", "at least one");
        }
        FloatTensor all;
        try (TapFolder tap = TapFolder.open(archive, path, selected)) {
            all = collect(tap.model(), images, pooling);
        }
        NpyFile.write(out, all);
        ObjectNode result = Output.object().put("layer", layer).put("pool", pool);
        ArrayNode shape = result.putArray("shape");
        for (long extent : all.shape()) {
            shape.add(extent);
        }
        output.result(result.put("out", out.toString()));
        return ExitCode.DONE;
    }

    private FloatTensor collect(TappedModel model, FloatTensor images, Pools pooling) {
        Progress progress = output.progress();
        Rows rows = new Rows(images.rows());
        for (int from = 0; from < images.rows(); from += BATCH) {
            int to = Math.min(images.rows(), from + BATCH);
            rows.add(pooling.pool(model.observe(images.slice(from, to)).activation()));
            progress.show("activations", to, images.rows(), to + " of " + images.rows());
        }
        progress.done();
        return rows.tensor();
    }

    private enum Pools {
        MAX,
        MEAN,
        NONE;

        static Pools parse(String name) {
            return switch (name) {
                case "max" -> MAX;
                case "mean" -> MEAN;
                case "none" -> NONE;
                default ->
                        throw new IllegalArgumentException(
                                "pool: " + name + " (expected: max, mean or none)");
            };
        }

        FloatTensor pool(FloatTensor activation) {
            return switch (this) {
                case MAX -> Pooling.MAX.pool(activation);
                case MEAN -> Pooling.MEAN.pool(activation);
                case NONE -> activation;
            };
        }
    }
}
