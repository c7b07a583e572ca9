package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.generator.Artifact;
import org.plumbline.worker.generator.BiasedSet;
import org.plumbline.worker.generator.ColourBias;
import org.plumbline.worker.generator.Colours;
import org.plumbline.worker.generator.ControlledBias;
import org.plumbline.worker.generator.Glyphs;
import org.plumbline.worker.generator.IdxSet;
import org.plumbline.worker.generator.ImageTree;
import org.plumbline.worker.generator.PictureSet;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Writes an audit data set with a bias of known strength. Confined to one thread. */
@Command(
        name = "generate",
        description = "Bias images in a controlled way and write an audit data set.")
final class GenerateCommand implements Callable<Integer> {
    private static final String GLYPHS = "glyphs";

    @Mixin private Output output = new Output();

    @Option(
            names = "--data",
            required = true,
            description =
                    "Folder of four IDX files; of one folder of images per class, in train and"
                            + " test or to be divided; or the word glyphs for drawn digits.")
    private Path data = Path.of("");

    @Option(
            names = "--artifact",
            required = true,
            description =
                    "timestamp, brightness, colour, patch or lsb; background-colour (Biased MNIST)"
                            + " or foreground-colour (Coloured MNIST).")
    private String artifact = "";

    @Option(names = "--class", defaultValue = "0", description = "Class the artifact goes with.")
    private int target;

    @Option(
            names = "--share",
            defaultValue = "0.5",
            description = "Share of that class's training images with it: ${DEFAULT-VALUE}.")
    private double share = 0.5;

    @Option(
            names = "--others",
            defaultValue = "0",
            description = "Share of the other training images with it: ${DEFAULT-VALUE}.")
    private double others;

    @Option(
            names = "--rho",
            defaultValue = "0.99",
            description =
                    "Share of training images in the colour of their class: ${DEFAULT-VALUE}.")
    private double rho = 0.99;

    @Option(
            names = "--confusing",
            defaultValue = "9",
            description = "Number of other background colours of a class: ${DEFAULT-VALUE}.")
    private int confusing = 9;

    @Option(names = "--seed", defaultValue = "1", description = "Seed: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--train", defaultValue = "10000", description = "Most training images.")
    private int train = 10_000;

    @Option(names = "--test", defaultValue = "2000", description = "Most test images.")
    private int test = 2_000;

    @Option(
            names = "--form",
            defaultValue = "tensors",
            description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private Form form = Form.tensors;

    @Option(names = "--out", required = true, description = "Folder to write, new or empty.")
    private Path out = Path.of("");

    /** How a data set lies on disk. */
    enum Form {
        tensors,
        images
    }

    @Override
    public Integer call() throws IOException {
        OutputFolder.requireEmpty(out);
        BiasedSet set = biased(source(true), source(false));
        if (form == Form.tensors) {
            set.writeTensors(out);
        } else {
            set.writeImages(out);
        }
        output.result(summary(set));
        return ExitCode.DONE;
    }

    private BiasedSet biased(PictureSet training, PictureSet testing) {
        try {
            return switch (artifact) {
                case "background-colour" ->
                        new ColourBias(Colours.Place.BACKGROUND, rho, confusing, seed)
                                .of(training, testing);
                case "foreground-colour" ->
                        new ColourBias(Colours.Place.FOREGROUND, rho, confusing, seed)
                                .of(training, testing);
                default ->
                        new ControlledBias(Artifact.of(artifact), target, share, others, seed)
                                .of(training, testing);
            };
        } catch (IllegalArgumentException e) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    private PictureSet source(boolean training) {
        int limit = training ? train : test;
        if (data.toString().equals(GLYPHS)) {
            return Glyphs.draw(limit, training ? seed : ~seed);
        }
        if (IdxSet.isIn(data)) {
            return IdxSet.read(data, training ? "train" : "t10k", limit);
        }
        Path part = data.resolve(training ? "train" : "test");
        if (Files.isDirectory(part)) {
            return ImageTree.read(part, limit, seed);
        }
        PictureSet all = ImageTree.read(data, train + test, seed); // drawn: the rest is like it
        int tested = Math.min(test, all.size() / 5);
        int from = training ? tested : 0;
        int to = training ? all.size() : tested;
        return new PictureSet(all.images().subList(from, to), all.labels().subList(from, to));
    }

    private ObjectNode summary(BiasedSet set) {
        ObjectNode result =
                Output.object().put("out", out.toString()).put("rows", set.rows().size());
        for (Split split : new Split[] {Split.TRAIN, Split.TEST}) {
            ObjectNode node = result.putObject(split.name().toLowerCase(Locale.ROOT));
            node.put("rows", set.rows().stream().filter(r -> r.split() == split).count());
            node.put(
                    "conflicting",
                    set.rows().stream()
                            .filter(r -> r.split() == split && r.bias() != r.label())
                            .count());
        }
        var concepts = result.putArray("concepts");
        for (int k = 0; k < set.concepts(); k++) {
            int number = k;
            concepts.addObject()
                    .put("concept", set.concept(k))
                    .put(
                            "training_rows",
                            set.rows().stream()
                                    .filter(r -> r.split() == Split.TRAIN && r.concept() == number)
                                    .count());
        }
        return result;
    }
}
