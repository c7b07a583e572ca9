package org.plumbline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.shrink.ShrinkReport;
import org.plumbline.core.shrink.Shrinker;
import org.plumbline.core.shrink.Shrinking;
import org.plumbline.core.shrink.UsualInputs;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Removes channels that a model can do without. Confined to one thread. */
@Command(
        name = "shrink",
        description = {
            "Remove the channels an archive can do without, such as those that pruning left without"
                    + " weights.",
            "The result is written only if it gives the same answers: logits within 1e-5 (1 +"
                    + " |logit|). Without a channel to remove, the archive is copied."
        })
final class ShrinkCommand implements Callable<Integer> {
    private static final int SAMPLES = 64;
    private static final long SEED = 1;
    private static final int AXES = 3;

    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive.")
    private Path model = Path.of("");

    @Option(names = "--out", required = true, description = "Where the result goes.")
    private Path out = Path.of("");

    @Option(
            names = "--inputs",
            paramLabel = "X.npy",
            description =
                    "Model inputs [n,c,h,w] on which answers are compared; without them noise of"
                            + " the first usual shape that the model takes.")
    private Optional<Path> inputs = Optional.empty();

    @Option(
            names = "--shape",
            paramLabel = "C,H,W",
            split = ",",
            description = "Compare on noise of this shape.")
    private List<Long> shape = List.of();

    @Override
    public Integer call() throws IOException {
        OutputFile.require("out", out);
        Path work = Files.createTempDirectory("plumbline");
        try {
            Path shrunk = work.resolve("result.pt");
            Shrinking shrinking = new Shrinker(() -> compared(work), work).shrink(model, shrunk);
            if (shrinking.isShrunk()) {
                RepairedArchive.seal(shrunk, manifest(shrinking), out);
            } else if (!shrinking.refused() && !isModel(out)) {
                Files.copy(model, out, StandardCopyOption.REPLACE_EXISTING);
            }
            output.result(ShrinkReport.of(shrinking));
            return shrinking.refused() ? ExitCode.CHECK_FAILED : ExitCode.DONE;
        } finally {
            TapFolder.delete(work);
        }
    }

    private boolean isModel(Path file) throws IOException {
        return Files.exists(file) && Files.isSameFile(model, file);
    }

    private FloatTensor compared(Path work) {
        Optional<FloatTensor> known = inputs.map(InputArray::read);
        if (known.isEmpty() && !shape.isEmpty()) {
            if (shape.size() != AXES || shape.stream().anyMatch(extent -> extent < 1)) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT, "shape", shape, "C,H,W, each at least 1");
            }
            known =
                    Optional.of(
                            UsualInputs.noise(
                                    SEED, SAMPLES, shape.get(0), shape.get(1), shape.get(2)));
        }
        if (known.isPresent()) {
            TapFolder.tryIfLooping(model, Optional.empty(), Optional.empty(), known.get());
            return known.get();
        }
        try (Archive archive = Archive.open(model)) {
            if (archive.unboundedLoop().isPresent()) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT,
                        "inputs",
                        "none",
                        "some or --shape: the model's code has a loop of unstated length");
            }
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, model + ": " + e, e);
        }
        return UsualInputs.find(model, work, SAMPLES, SEED);
    }

    private ObjectNode manifest(Shrinking shrinking) throws IOException {
        ObjectNode manifest = Output.object();
        manifest.put("format", RepairedArchive.FORMAT)
                .put("source_sha256", Digest.of(model).hex())
                .put("method", "shrink");
        ArrayNode changed = manifest.putArray("changed_tensors");
        shrinking.changed().forEach(changed::add);
        shrinking.check().ifPresent(check -> manifest.set("check", ShrinkReport.of(check)));
        try (Archive archive = Archive.open(model)) {
            Optional<JsonNode> previous = RepairedArchive.manifest(archive);
            previous.ifPresent(p -> manifest.set("previous", p));
        }
        return manifest;
    }
}
