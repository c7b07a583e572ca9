package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.LayerStatus;
import org.plumbline.core.probe.ProbeLimits;
import org.plumbline.core.probe.ProbeReport;
import org.plumbline.core.probe.ProbeRequest;
import org.plumbline.core.probe.SafetyProbe;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.StoredTensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** Lists the layers of an archive; runs nothing of it here. Confined to one thread. */
@Command(
        name = "inspect",
        description = {
            "List every layer and whether it can be tapped; runs nothing of the file in this process.",
            "Of a layer that cannot, the reason and the nearest that can; of each, whether the model"
                    + " can be split behind it for training, or the statement that prevents it."
        })
final class InspectCommand implements Callable<Integer> {
    private static final int LARGEST_SOURCE = 16 << 20;

    /** Scripting keeps a module's constants as final attributes, tracing folds them away. */
    private static final String SCRIPTED = ": Final[";

    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive.")
    private Path file = Path.of("");

    @Option(
            names = "--operations",
            description = "List operations as well, which can be tapped like layers.")
    private boolean operations;

    @Option(
            names = "--probe",
            paramLabel = "N,C,H,W",
            split = ",",
            description =
                    "Also load it in a child process and run one batch of this shape, within one"
                            + " minute and 4 GiB.")
    private List<Long> probe = List.of();

    @Override
    public Integer call() throws IOException {
        try (Archive archive = Archive.open(file)) {
            Map<String, Long> parameters = parameters(archive);
            ObjectNode result =
                    Output.object()
                            .put("sha256", archive.digest().hex())
                            .put("size_bytes", Files.size(file))
                            .put("form", scripted(archive) ? "scripted" : "traced")
                            .put(
                                    "parameters",
                                    parameters.values().stream().mapToLong(Long::longValue).sum());
            Instrumenter instrumenter = new Instrumenter(archive);
            List<String> missing = instrumenter.withoutDerivative();
            result.put("gradient", missing.isEmpty() ? "autograd" : "finite-differences")
                    .put("without_derivative", String.join(", ", missing));
            ArrayNode layers = result.putArray("layers");
            List<LayerStatus> listed = new ArrayList<>(instrumenter.layers());
            if (operations && archive.modules().size() > 1) {
                listed.addAll(instrumenter.operations());
            }
            for (LayerStatus layer : listed) {
                layers.addObject()
                        .put("path", layer.path())
                        .put("type", layer.type())
                        .put("parameters", parameters.getOrDefault(layer.path(), 0L))
                        .put("tappable", layer.obstacle().isEmpty())
                        .put("reason", layer.obstacle().orElse(""))
                        .put("offer", layer.offer().orElse(""))
                        .put("splittable", layer.splitObstacle().isEmpty())
                        .put("split_reason", layer.splitObstacle().orElse(""));
            }
            if (!probe.isEmpty()) {
                probe(result.putObject("probe"));
            }
            output.result(result);
            return ExitCode.DONE;
        }
    }

    private void probe(ObjectNode node) {
        ProbeReport report =
                SafetyProbe.run(
                        file, new ProbeRequest(probe, Optional.empty(), ProbeLimits.DEFAULT));
        ArrayNode shape = node.putArray("output");
        report.output().forEach(shape::add);
        node.put("seconds", report.time().toMillis() / 1e3)
                .put("memory_bytes", report.memoryBytes());
    }

    /** Returns the number of elements of a layer's own tensors, by layer. */
    private static Map<String, Long> parameters(Archive archive) {
        Map<String, Long> sizes = new TreeMap<>();
        for (StoredTensor tensor : archive.parameters()) {
            int dot = tensor.name().lastIndexOf('.');
            sizes.merge(tensor.name().substring(0, Math.max(0, dot)), tensor.size(), Long::sum);
        }
        return sizes;
    }

    private static boolean scripted(Archive archive) throws IOException {
        for (String entry : archive.entries()) {
            if (entry.contains("code/")
                    && entry.endsWith(".py")
                    && archive.read(entry, LARGEST_SOURCE)
                            .map(code -> new String(code, StandardCharsets.UTF_8))
                            .filter(code -> code.contains(SCRIPTED))
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }
}
