package org.plumbline.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.LocalCorrection;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.job.RepairOutcome;
import org.plumbline.worker.store.Json;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

/** Does what a worker's job does, here. Confined to one thread. */
@Command(
        name = "correct",
        description = "Correct a model on this machine; exit 1 if the gate rejects the result.")
final class CorrectCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive to correct.")
    private Path archive = Path.of("");

    @Mixin private MethodChoice choice = new MethodChoice();

    @Option(names = "--data", required = true, description = "Audit data set folder.")
    private Path data = Path.of("");

    @Option(names = "--layer", description = "Dotted path of the probe layer.")
    private Optional<String> layer = Optional.empty();

    @Option(names = "--concept", description = "Concept: concept_<name>.npy of the data set.")
    private Optional<String> concept = Optional.empty();

    @Option(names = "--class", description = "Class the concept is measured on (default: all).")
    private Optional<Integer> target = Optional.empty();

    @Option(names = "--out", required = true, description = "Where to write the repaired archive.")
    private Path out = Path.of("");

    @Option(names = "--report", description = "Folder for report.json and what the method found.")
    private Optional<Path> report = Optional.empty();

    @Override
    public Integer call() throws IOException {
        Progress progress = output.progress();
        RepairOutcome outcome =
                LocalCorrection.run(
                        request(),
                        GateBounds.defaults(),
                        DeviceChoice.AUTO,
                        state ->
                                progress.show(
                                        state.phase(),
                                        state.step(),
                                        state.steps(),
                                        "epoch " + state.epoch() + "/" + state.epochs()));
        progress.done();
        outcome.warnings().forEach(line -> progress.say("warning: " + line));
        JsonNode result = Json.mapper().valueToTree(outcome);
        if (report.isPresent()) {
            Files.createDirectories(report.get());
            Json.mapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(report.get().resolve("report.json").toFile(), result);
        }
        output.result(result);
        return outcome.gate().accepted() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
    }

    private LocalCorrection.Request request() {
        return new LocalCorrection.Request(
                archive,
                data,
                choice.method(),
                choice.parameters(),
                layer.map(LayerPath::new),
                concept.map(ConceptId::new),
                target.map(OptionalInt::of).orElseGet(OptionalInt::empty),
                out,
                report);
    }
}
