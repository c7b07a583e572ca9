package org.plumbline.cli;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.fairwashing.LinearTangents;
import org.plumbline.core.fairwashing.ReferencePoints;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.fairwashing.TangentSpace;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.tensor.NpzWriter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Tangent spaces of the data manifold. */
@Command(
        name = "tangent",
        description = "Tangent spaces of the data manifold.",
        subcommands = TangentCommand.Fit.class,
        synopsisSubcommandLabel = "COMMAND")
final class TangentCommand {
    private TangentCommand() {}

    /** Writes a basis of the tangent space at every input. Confined to one thread. */
    @Command(name = "fit", description = "Find the tangent space at every input.")
    static final class Fit implements Callable<Integer> {
        private static final int BLOCK = 256; // bounds memory: bases of so many inputs

        @Mixin private Output output = new Output();

        @Option(names = "--inputs", required = true, description = "Inputs [n,c,h,w], .npy.")
        private Path inputs = Path.of("");

        @Option(
                names = "--reference",
                paramLabel = "R.npy",
                description =
                        "Clean inputs [m,c,h,w] among which neighbours are sought (default: the"
                                + " inputs themselves).")
        private Optional<Path> reference = Optional.empty();

        @Option(
                names = "--classes",
                paramLabel = "Y.npy",
                description =
                        "Class of every input, its label or what a model predicts: neighbours are"
                                + " sought within it.")
        private Optional<Path> classes = Optional.empty();

        @Option(
                names = "--reference-classes",
                paramLabel = "Z.npy",
                description = "Class of every reference input; goes with --classes.")
        private Optional<Path> referenceClasses = Optional.empty();

        @Option(
                names = "--neighbours",
                defaultValue = "32",
                description = "Rows that span a space (default: ${DEFAULT-VALUE}).")
        private int neighbours;

        @Option(
                names = "--dimension",
                defaultValue = "16",
                description = "Directions kept, below --neighbours (default: ${DEFAULT-VALUE}).")
        private int dimension;

        @Option(
                names = "--mode",
                description =
                        "centred: the input and its neighbours from their mean (default with"
                                + " --reference); member: neighbours alone, the input among them"
                                + " (default without); strict: neighbours from the input.")
        private Optional<String> mode = Optional.empty();

        @Option(names = "--out", required = true, description = "Where to write, .npz.")
        private Path out = Path.of("");

        @Override
        public Integer call() throws IOException {
            OutputFile.require("out", out);
            TangentSettings settings = new TangentSettings(neighbours, dimension, mode());
            FloatTensor points = InputArray.read(inputs);
            Optional<long[]> own = classes.map(NpyFile::readLongs);
            Selection.of(points.rows(), own, Optional.empty()); // checks the number of classes
            LinearTangents tangents = new LinearTangents(reference(points, own), settings);
            long ranks = write(tangents, points, own);
            output.result(
                    Output.object()
                            .put("inputs", points.rows())
                            .put("values", points.rowSize())
                            .put("neighbours", neighbours)
                            .put("dimension", dimension)
                            .put("mode", settings.mode().label())
                            .put("mean_rank", (double) ranks / points.rows())
                            .put("out", out.toString()));
            return ExitCode.DONE;
        }

        private TangentMode mode() {
            return mode.map(TangentMode::parse)
                    .orElse(reference.isPresent() ? TangentMode.CENTRED : TangentMode.MEMBER);
        }

        private ReferencePoints reference(FloatTensor points, Optional<long[]> own) {
            if (reference.isEmpty() && referenceClasses.isPresent()) {
                throw new IllegalArgumentException(
                        "reference-classes: without reference (expected: both)");
            }
            if (reference.isPresent() && referenceClasses.isPresent() != classes.isPresent()) {
                throw new IllegalArgumentException(
                        "classes: of one side only (expected: --classes and --reference-classes)");
            }
            FloatTensor pool = reference.map(InputArray::read).orElse(points);
            Optional<long[]> known = referenceClasses.map(NpyFile::readLongs).or(() -> own);
            return known.map(c -> ReferencePoints.byClass(pool, c))
                    .orElseGet(() -> ReferencePoints.of(pool));
        }

        /** Returns the sum of the spaces' ranks. */
        private long write(LinearTangents tangents, FloatTensor points, Optional<long[]> own)
                throws IOException {
            List<FloatTensor> singular = new ArrayList<>();
            long ranks = 0;
            try (NpzWriter npz = NpzWriter.create(out)) {
                npz.begin("v", points.rows(), points.rowSize(), dimension);
                for (int from = 0; from < points.rows(); from += BLOCK) {
                    int to = Math.min(points.rows(), from + BLOCK);
                    for (TangentSpace space : tangents.spaces(points, from, to, own)) {
                        npz.append(space.basis());
                        float[] values = space.singularValues().toArray();
                        singular.add(FloatTensor.of(values, values.length));
                        ranks += space.rank();
                    }
                }
                npz.end();
                npz.write("s", FloatTensor.stack(singular));
            }
            return ranks;
        }
    }
}
