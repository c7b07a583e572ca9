package org.plumbline.cli;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.LocalEvaluation;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.store.Json;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

/** Measures accuracies by group and concept numbers. Confined to one thread. */
@Command(name = "evaluate", description = "Measure accuracies by group and concept numbers.")
final class EvaluateCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive.")
    private Path archive = Path.of("");

    @Option(names = "--data", required = true, description = "Audit data set folder.")
    private Path data = Path.of("");

    @Option(names = "--layer", description = "Dotted path of the probe layer.")
    private Optional<String> layer = Optional.empty();

    @Option(names = "--concept", description = "Concept: concept_<name>.npy of the data set.")
    private Optional<String> concept = Optional.empty();

    @Option(names = "--class", description = "Class the concept is measured on (default: all).")
    private Optional<Integer> target = Optional.empty();

    @Override
    public Integer call() {
        output.result(
                Json.mapper()
                        .valueToTree(
                                LocalEvaluation.run(
                                        archive,
                                        data,
                                        layer.map(LayerPath::new),
                                        concept.map(ConceptId::new),
                                        target.map(OptionalInt::of).orElseGet(OptionalInt::empty),
                                        DeviceChoice.AUTO)));
        return ExitCode.DONE;
    }
}
