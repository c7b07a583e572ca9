package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.twin.TwinSettings;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Trains honest twins of a model and keeps what the detectors say of them. */
@Command(
        name = "calibrate",
        description = {
            "Train honest twins of a model and write the null for fairwash check.",
            "Without --reference the first of several twins is kept beside it, N-twin.pt: later"
                    + " checks compare maps with its own."
        },
        sortOptions = false)
final class FairwashCalibrateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive.")
    private Path archive = Path.of("");

    @Option(
            names = "--inputs",
            required = true,
            description = "Inputs [n,c,h,w], .npy, that twins explain; about 200.")
    private Path inputs = Path.of("");

    @Option(
            names = "--clean",
            description =
                    "Clean inputs [m,c,h,w], .npy, that twins learn the model's outputs on; 2000"
                            + " or more (default: the inputs).")
    private Optional<Path> clean = Optional.empty();

    @Option(
            names = "--reference",
            paramLabel = "REF.pt",
            description = "A version that is trusted: twins are compared with it as well.")
    private Optional<Path> reference = Optional.empty();

    @Option(names = "--method", description = "Explanation to check (default: all).")
    private List<String> methods = new ArrayList<>();

    @Option(names = "--twins", defaultValue = "3", description = "Twins (default: 3).")
    private int twins;

    @Option(names = "--steps", defaultValue = "300", description = "Updates (default: 300).")
    private int steps;

    @Option(names = "--batch", defaultValue = "64", description = "Batch size (default: 64).")
    private int batch;

    @Option(names = "--rate", defaultValue = "0.001", description = "Adam's rate (default: 0.001).")
    private double rate;

    @Option(names = "--seed", defaultValue = "1", description = "Seed (default: 1).")
    private long seed;

    @Option(names = "--out", required = true, description = "Where to write the null, .json.")
    private Path out = Path.of("");

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        OutputFile.require("out", out);
        TwinSettings settings = new TwinSettings(twins, steps, batch, rate, seed);
        Laboratory laboratory = Laboratory.read(inputs, clean, Optional.empty(), methods);
        Progress progress = output.progress();
        NullFile found =
                new Calibration(laboratory, settings, trusted(laboratory))
                        .of(archive, Digest.of(inputs).hex(), kept(), progress)
                        .file();
        progress.done();
        found.write(out);
        ObjectNode summary = Output.object().put("twins", twins).put("out", out.toString());
        found.twin(out).ifPresent(twin -> summary.put("kept", twin.toString()));
        ArrayNode agreement = summary.putArray("agreement");
        found.agreement().forEach(agreement::add);
        output.result(summary);
        return ExitCode.DONE;
    }

    private Path kept() {
        String name = out.getFileName().toString().replaceFirst("\\.json$", "");
        return out.resolveSibling(name + "-twin.pt");
    }

    private Optional<ReferenceVersion> trusted(Laboratory laboratory) throws IOException {
        return reference.isEmpty()
                ? Optional.empty()
                : Optional.of(laboratory.reference(reference.orElseThrow()));
    }
}
