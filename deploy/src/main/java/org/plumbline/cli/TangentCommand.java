package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

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
        private static final int LINEAR_DIMENSION = 16; // the documented example's
        private static final int DECODED_DIMENSION = 30; // published for auto-encoders

        /** Where tangent spaces come from. */
        enum Kind {
            /** Nearest neighbours. */
            LINEAR,
            /** The decoder of an auto-encoder. */
            AUTO_ENCODER
        }

        @Mixin private Output output = new Output();

        @Option(
                names = "--kind",
                defaultValue = "linear",
                description =
                        "linear: directions to nearest neighbours; auto-encoder: the Jacobian of a"
                                + " decoder trained here, one for each class (default:"
                                + " ${DEFAULT-VALUE}).")
        private String kind = "linear";

        @Mixin private AutoEncoderOptions encoders = new AutoEncoderOptions();

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
                description = "linear: rows that span a space (default: ${DEFAULT-VALUE}).")
        private int neighbours;

        @Option(
                names = "--dimension",
                description =
                        "Directions kept; linear: below --neighbours (default: 16, auto-encoder"
                                + " 30).")
        private Optional<Integer> dimension = Optional.empty();

        @Option(
                names = "--mode",
                description =
                        "linear, centred: the input and its neighbours from their mean (default with"
                                + " --reference); member: neighbours alone, the input among them"
                                + " (default without); strict: neighbours from the input.")
        private Optional<String> mode = Optional.empty();

        @Option(names = "--out", required = true, description = "Where to write, .npz.")
        private Path out = Path.of("");

        @Override
        public Integer call() throws IOException {
            OutputFile.require("out", out);
            Kind wanted = Choice.of(Kind.class, "kind", kind);
            FloatTensor points = InputArray.read(inputs);
            Optional<long[]> own = classes.map(NpyFile::readLongs);
            Selection.of(points.rows(), own, Optional.empty()); // checks the number of classes
            ObjectNode result =
                    Output.object()
                            .put("kind", kind)
                            .put("inputs", points.rows())
                            .put("values", points.rowSize());
            long ranks =
                    wanted == Kind.LINEAR
                            ? linear(points, own, result)
                            : decoded(points, own, result);
            output.result(
                    result.put("mean_rank", (double) ranks / points.rows())
                            .put("out", out.toString()));
            return ExitCode.DONE;
        }

        private long linear(FloatTensor points, Optional<long[]> own, ObjectNode result)
                throws IOException {
            TangentSettings settings =
                    new TangentSettings(neighbours, dimension.orElse(LINEAR_DIMENSION), mode());
            ReferencePoints pool =
                    poolClasses(own)
                            .map(c -> ReferencePoints.byClass(pool(points), c))
                            .orElseGet(() -> ReferencePoints.of(pool(points)));
            LinearTangents tangents = new LinearTangents(pool, settings);
            result.put("neighbours", neighbours)
                    .put("dimension", settings.dimension())
                    .put("mode", settings.mode().label());
            return write(
                    (from, to) -> tangents.spaces(points, from, to, own),
                    points,
                    settings.dimension());
        }

        private long decoded(FloatTensor points, Optional<long[]> own, ObjectNode result)
                throws IOException {
            int directions = dimension.orElse(DECODED_DIMENSION);
            result.put("dimension", directions);
            try (DecodedSpaces spaces =
                    DecodedSpaces.train(
                            new DecodedSpaces.Images(pool(points), poolClasses(own)),
                            encoders,
                            directions,
                            output.progress())) {
                spaces.describe(result.putArray("encoders"));
                return write((from, to) -> spaces.at(points, from, to, own), points, directions);
            }
        }

        private TangentMode mode() {
            return mode.map(TangentMode::parse)
                    .orElse(reference.isPresent() ? TangentMode.CENTRED : TangentMode.MEMBER);
        }

        private FloatTensor pool(FloatTensor points) {
            return reference.map(InputArray::read).orElse(points);
        }

        /** Returns the classes of the reference inputs. */
        private Optional<long[]> poolClasses(Optional<long[]> own) {
            if (reference.isEmpty() && referenceClasses.isPresent()) {
                throw new IllegalArgumentException(
                        "reference-classes: without reference (expected: both)");
            }
            if (reference.isPresent() && referenceClasses.isPresent() != classes.isPresent()) {
                throw new IllegalArgumentException(
                        "classes: of one side only (expected: --classes and --reference-classes)");
            }
            return referenceClasses.map(NpyFile::readLongs).or(() -> own);
        }

        /** Finds the spaces at some rows. */
        private interface Spaces {
            List<TangentSpace> at(int from, int to);
        }

        /** Returns the sum of the spaces' ranks. */
        private long write(Spaces spaces, FloatTensor points, int directions) throws IOException {
            List<FloatTensor> singular = new ArrayList<>();
            long ranks = 0;
            try (NpzWriter npz = NpzWriter.create(out)) {
                npz.begin("v", points.rows(), points.rowSize(), directions);
                for (int from = 0; from < points.rows(); from += BLOCK) {
                    int to = Math.min(points.rows(), from + BLOCK);
                    for (TangentSpace space : spaces.at(from, to)) {
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
