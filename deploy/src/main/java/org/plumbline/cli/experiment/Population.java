package org.plumbline.cli.experiment;

import ai.djl.Device;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.LocalCorrection;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.store.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * Makes the models of a population, honest ones in {@code honest} and attacked ones in {@code
 * attacked}, each beside a JSON file that says what it is. What is there is not made again.
 * Confined to one thread.
 */
public final class Population {
    private static final String RATE = "0.001";
    private static final String TUNING_RATE = "0.0001";

    private final PopulationPlan plan;
    private final PopulationData data;
    private final Path networks;
    private final Path out;
    private final Progress progress;
    private final Repairs repairs;
    private final Device device = DeviceChoice.AUTO.device();

    /**
     * Prepares a population.
     *
     * @param images folder of the IDX files of Fashion-MNIST
     * @param networks folder of untrained archives
     * @param out existing folder
     */
    public Population(
            PopulationPlan plan, Path images, Path networks, Path out, Progress progress) {
        this.plan = plan;
        this.data = new PopulationData(images, plan, out);
        this.networks = networks;
        this.out = out;
        this.progress = progress;
        this.repairs = new Repairs(progress);
    }

    /** Makes what is missing and returns what each model is, in the order of the plan. */
    public List<ObjectNode> make() throws IOException {
        Files.createDirectories(out.resolve("honest"));
        Files.createDirectories(out.resolve("attacked"));
        data.writeExamined();
        try (StudentMeasures measures = new StudentMeasures(data, progress)) {
            for (Member member : plan.models()) {
                Path archive = archive(member);
                Path note = note(member);
                if (!Files.exists(note)) {
                    progress.say(member.name());
                    make(member, archive);
                    ObjectNode found = describe(member);
                    measures.measure(member, parent(member).orElse(archive), archive, found);
                    Files.writeString(note, Output.text(found) + System.lineSeparator());
                }
            }
        }
        return notes();
    }

    private List<ObjectNode> notes() {
        return plan.models().stream()
                .map(
                        member -> {
                            try {
                                return (ObjectNode) Json.mapper().readTree(note(member).toFile());
                            } catch (IOException e) {
                                throw new AuditException(
                                        ErrorCode.BAD_DATA, note(member) + ": " + e, e);
                            }
                        })
                .toList();
    }

    private static ObjectNode describe(Member member) {
        return (ObjectNode) Json.mapper().valueToTree(member);
    }

    private Path archive(Member member) {
        String folder = member instanceof Member.Attacked ? "attacked" : "honest";
        return out.resolve(folder).resolve(member.name() + ".pt");
    }

    private Path note(Member member) {
        return archive(member).resolveSibling(member.name() + ".json");
    }

    private Optional<Path> parent(Member member) {
        return member.parent()
                .map(
                        name ->
                                plan.models().stream()
                                        .filter(m -> m.name().equals(name))
                                        .map(this::archive)
                                        .findFirst()
                                        .orElseThrow());
    }

    private void make(Member member, Path archive) throws IOException {
        Path part = archive.resolveSibling(member.name() + ".part");
        Path from = parent(member).orElse(archive);
        if (member instanceof Member.Trained m) {
            train(m, part);
        } else if (member instanceof Member.Tuned m) {
            correct(from, "vanilla", training(m.epochs(), TUNING_RATE, m.seed()), part);
        } else if (member instanceof Member.Quantised m) {
            change(from, weights -> WeightChange.quantised(weights, m.bits()), part);
        } else if (member instanceof Member.Noisy m) {
            change(from, weights -> WeightChange.noisy(weights, m.share(), m.seed()), part);
        } else if (member instanceof Member.Repaired m) {
            repair(m, from, part);
        } else if (member instanceof Member.Attacked m) {
            new PopulationAttack(data.dataset(), device, progress).run(m, from, part);
        }
        Files.move(part, archive, StandardCopyOption.REPLACE_EXISTING);
    }

    private void train(Member.Trained member, Path to) throws IOException {
        Path fresh = Files.createTempFile("plumbline-fresh-", ".pt");
        try {
            FreshNetwork.write(networks.resolve(member.network()), member.seed(), fresh);
            Path folder = member.patched() ? data.patched() : data.plain();
            correct(
                    fresh,
                    folder,
                    "vanilla",
                    training(member.epochs(), RATE, member.seed()),
                    Optional.empty(),
                    to);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static Map<String, String> training(int epochs, String rate, long seed) {
        return Map.of(
                "epochs",
                String.valueOf(epochs),
                "optimizer",
                "adam",
                "learning_rate",
                rate,
                "batch_size",
                "128",
                "schedule",
                "cosine",
                "seed",
                String.valueOf(seed));
    }

    private void repair(Member.Repaired member, Path from, Path to) throws IOException {
        Map<String, String> parameters =
                Map.of(
                        "lambda", "10000",
                        "criterion", "target_logit",
                        "optimizer", "sgd",
                        "learning_rate", "0.005",
                        "batch_size", "64",
                        "epochs", "3",
                        "seed", String.valueOf(member.seed()));
        correct(
                from,
                data.patched(),
                "rr-clarc",
                parameters,
                Optional.of(new LayerPath(member.layer())),
                to);
    }

    private void correct(Path from, String method, Map<String, String> parameters, Path to)
            throws IOException {
        correct(from, data.plain(), method, parameters, Optional.empty(), to);
    }

    private void correct(
            Path from,
            Path folder,
            String method,
            Map<String, String> parameters,
            Optional<LayerPath> layer,
            Path to) {
        repairs.run(
                new LocalCorrection.Request(
                        from,
                        folder,
                        method,
                        parameters,
                        layer,
                        layer.map(l -> new ConceptId(PopulationData.ARTIFACT.label())),
                        layer.isPresent()
                                ? OptionalInt.of(PopulationData.TARGET)
                                : OptionalInt.empty(),
                        to));
    }

    private void change(Path from, UnaryOperator<Map<String, FloatTensor>> how, Path to)
            throws IOException {
        Path work = Files.createTempDirectory("plumbline");
        try (Archive archive = Archive.open(from)) {
            List<String> names = archive.parameters().stream().map(StoredTensor::name).toList();
            try (TrainableModel model =
                    TrainableModel.load(from, TrainingPlan.live(names), work, device)) {
                RepairedArchive.patch(archive, how.apply(model.state()), to);
            }
        } finally {
            TapFolder.delete(work);
        }
    }
}
