package org.plumbline.cli;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.Margins;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.twin.TwinSettings;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Measures detection over folders of honest and attacked archives; or, over honest ones alone, the
 * margins. Examined archives are kept, so that a run goes on where it stopped.
 */
@Command(
        name = "experiment",
        description = "Measure detection over honest and attacked models, or the margins.",
        sortOptions = false)
final class FairwashExperimentCommand implements Callable<Integer> {
    @Option(
            names = "--honest",
            required = true,
            description = "Folder of honest archives, .pt; may be repeated.")
    private List<Path> honest = new ArrayList<>();

    @Option(
            names = "--attacked",
            description = "Folder of attacked archives, .pt; may be repeated.")
    private List<Path> attacked = new ArrayList<>();

    @Option(names = "--inputs", required = true, description = "Requests [n,c,h,w], .npy.")
    private Path inputs = Path.of("");

    @Option(names = "--clean", required = true, description = "Clean inputs [m,c,h,w], .npy.")
    private Path clean = Path.of("");

    @Option(names = "--reference", description = "A trusted version of every model.")
    private Optional<Path> reference = Optional.empty();

    @Option(
            names = "--twins",
            defaultValue = "3",
            description = "Twins a model; 0: the margins alone decide (default: 3).")
    private int twins;

    @Option(names = "--steps", defaultValue = "300", description = "Updates (default: 300).")
    private int steps;

    @Option(names = "--seed", defaultValue = "1", description = "Seed (default: 1).")
    private long seed;

    @Option(names = "--level", defaultValue = "0.01", description = "Level (default: 0.01).")
    private double level;

    @Option(names = "--margins", description = "Write margins of the honest archives here.")
    private Optional<Path> margins = Optional.empty();

    @Option(
            names = "--use-margins",
            paramLabel = "FILE",
            description =
                    "Margins of honest models like these, from fairwash experiment --margins"
                            + " (default: the built-in ones).")
    private Optional<Path> used = Optional.empty();

    @Option(names = "--out", required = true, description = "Folder of results.")
    private Path out = Path.of("");

    @Mixin private Output output = new Output();
    @Spec private CommandSpec command = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        OutputFile.requireFolder("out", out);
        List<ExaminedModel> found = new ArrayList<>(examined(honest, false));
        if (margins.isPresent()) {
            Files.writeString(margins.orElseThrow(), MarginText.of(found));
        }
        found.addAll(examined(attacked, true));
        DetectionTable table =
                new DetectionTable(
                        found,
                        used.map(Margins::read).orElseGet(Margins::standard),
                        twins > 0,
                        level,
                        Output.line(command));
        Files.writeString(out.resolve("results.json"), Output.text(table.json()) + "\n");
        Files.writeString(out.resolve("results.md"), table.markdown());
        output.result(table.json());
        return ExitCode.DONE;
    }

    private List<ExaminedModel> examined(List<Path> folders, boolean bad) throws IOException {
        Laboratory laboratory =
                Laboratory.read(inputs, Optional.of(clean), Optional.empty(), List.of());
        Calibration calibration =
                new Calibration(
                        laboratory,
                        new TwinSettings(Math.max(1, twins), steps, 64, 1e-3, seed),
                        trusted(laboratory));
        Progress progress = output.progress();
        List<ExaminedModel> models = new ArrayList<>();
        for (Path archive : archives(folders)) {
            progress.say(archive.toString());
            models.add(
                    ExaminedModel.of(
                            archive,
                            bad,
                            calibration,
                            twins > 0,
                            Digest.of(inputs).hex(),
                            out,
                            progress));
        }
        progress.done();
        return models;
    }

    private static List<Path> archives(List<Path> folders) throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder)) {
                List<Path> found =
                        files.filter(f -> f.toString().endsWith(".pt")).sorted().toList();
                if (found.isEmpty()) {
                    throw AuditException.of(
                            ErrorCode.BAD_DATA, "archives", folder, "a folder with .pt files");
                }
                all.addAll(found);
            }
        }
        return all;
    }

    private Optional<ReferenceVersion> trusted(Laboratory laboratory) throws IOException {
        return reference.isEmpty()
                ? Optional.empty()
                : Optional.of(laboratory.reference(reference.orElseThrow()));
    }
}
