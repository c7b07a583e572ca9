package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.cli.terminal.Version;
import org.plumbline.core.cav.CavKind;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Measures the cost of auditing and of correcting. Confined to one thread. */
@Command(
        name = "bench",
        description = "Measure what auditing every request and a cached correction cost.")
public final class BenchCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(
            names = "--models",
            required = true,
            description = "Folder of the committed archives, deploy/models.")
    private Path models = Path.of("");

    @Option(
            names = "--data",
            description = "Fashion-MNIST IDX files; without them no correction is measured.")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--skip-latency", description = "Measure the correction only.")
    private boolean skipLatency;

    @Option(
            names = "--only",
            split = ",",
            description =
                    "Measure some parts: ${COMPLETION-CANDIDATES}. Without it all but cav,"
                            + " fairwashing, instrument, lff, masks, mitigation, shrink, soak and"
                            + " training, and repair where there is data.")
    private List<Part> only = List.of();

    @Option(
            names = "--model",
            split = ",",
            description =
                    "Models of layers, shapes, fairwashing and shrink, by name; without it all.")
    private List<String> names = List.of();

    @Option(
            names = "--kinds",
            split = ",",
            defaultValue = "signal,mean-difference,svm,ridge,lasso,logistic",
            description = "Kinds of CAVs that cav fits, default: ${DEFAULT-VALUE}.")
    private List<String> kinds = List.of();

    @Option(
            names = "--cav-shape",
            paramLabel = "ROWS,CHANNELS",
            split = ",",
            arity = "1",
            defaultValue = "10000,2048",
            description = "Activations that cav fits, default: ${DEFAULT-VALUE}.")
    private List<Integer> shape = List.of();

    @Option(
            names = "--solver-grid",
            description = "cav: the solver alone fits every value and fold, too; may take hours.")
    private boolean solverGrid;

    @Option(
            names = "--audits",
            defaultValue = "100000",
            description = "Audits of the soak, default: ${DEFAULT-VALUE}.")
    private int audits = 100_000;

    @Option(
            names = "--images",
            defaultValue = "10000",
            description = "Images of training, default: ${DEFAULT-VALUE}.")
    private int images = 10_000;

    @Option(
            names = "--steps",
            defaultValue = "60",
            description = "Steps of masks, default: ${DEFAULT-VALUE}.")
    private int steps = 60;

    /** What can be measured by itself. */
    enum Part {
        latency,
        mitigation,
        layers,
        shapes,
        explanations,
        statistics,
        cav,
        instrument,
        soak,
        lff,
        training,
        masks,
        shrink,
        fairwashing,
        repair
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("plumbline-bench");
        try {
            Progress progress = output.progress();
            ObjectNode result = Output.object();
            machine(result.putObject("machine"));
            measure(result, work, progress);
            measureSteps(result, work, progress);
            if (data.isPresent() && wanted(Part.repair)) {
                Path skeleton = models.resolve("fashion_cnn.pt");
                Path folder = Files.createDirectories(work.resolve("repair"));
                result.set(
                        "rr_clarc",
                        new RepairBench(skeleton, folder, progress).run(data.orElseThrow()));
            }
            output.result(result);
            return ExitCode.DONE;
        } finally {
            TapFolder.delete(work);
        }
    }

    private void measure(ObjectNode result, Path work, Progress progress)
            throws IOException, InterruptedException {
        if (wanted(Part.latency)) {
            new LatencyBench(models, work, progress).run(result.putArray("latency"));
        }
        if (only.contains(Part.mitigation)) {
            new MitigationBench(models, work, progress).run(result.putArray("mitigation"));
        }
        if (wanted(Part.layers)) {
            new LayersBench(models, work, this::chosen, progress).run(result.putArray("layers"));
        }
        if (wanted(Part.shapes)) {
            new ShapesBench(models, work, this::chosen, progress).run(result.putArray("shapes"));
        }
        if (wanted(Part.explanations)) {
            new ExplainBench(models, work, progress).run(result.putArray("explanations"));
        }
        if (wanted(Part.statistics)) {
            new StatsBench(progress).run(result.putObject("statistics"));
        }
        if (only.contains(Part.cav)) {
            if (shape.size() != 2) {
                throw new IllegalArgumentException(
                        "cav-shape: " + shape + " (expected: ROWS,CHANNELS)");
            }
            new CavBench(progress, shape.get(0), shape.get(1), solverGrid)
                    .run(result.putArray("cav"), kinds.stream().map(CavKind::parse).toList());
        }
        if (only.contains(Part.instrument)) {
            result.set("instrument", new InstrumentBench(models, work, progress).run());
        }
        if (only.contains(Part.soak)) {
            result.set("soak", new SoakBench(models, work, progress).run(audits));
        }
        if (only.contains(Part.training)) {
            result.set("training_step", new StepBench(models, work, progress).run());
            result.set("training", new TrainingBench(models, work, progress).run(images));
        }
    }

    private void measureSteps(ObjectNode result, Path work, Progress progress)
            throws IOException, InterruptedException {
        if (only.contains(Part.lff)) {
            Path folder = Files.createDirectories(work.resolve("lff"));
            result.set("lff", new LffBench(models.resolve("mlp.pt"), folder, progress).run());
        }
        if (only.contains(Part.fairwashing)) {
            new FairwashingBench(models, work, this::chosen, progress)
                    .run(result.putArray("fairwashing"));
        }
        if (only.contains(Part.masks)) {
            result.set("masks", new MaskBench(models, work, progress).run(steps));
        }
        if (only.contains(Part.shrink)) {
            new ShrinkBench(models, work, this::chosen, progress).run(result.putArray("shrink"));
        }
    }

    private boolean chosen(String model) {
        return names.isEmpty() || names.contains(model);
    }

    private boolean wanted(Part part) {
        return only.isEmpty() ? part == Part.repair || !skipLatency : only.contains(part);
    }

    private static void machine(ObjectNode node) throws IOException {
        node.put("plumbline", Version.text())
                .put("cpus", Runtime.getRuntime().availableProcessors())
                .put("cpu", cpu())
                .put("java", System.getProperty("java.runtime.version", "unknown"))
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put(
                        "native_threads",
                        System.getProperty("ai.djl.pytorch.num_threads", "engine default"));
    }

    private static String cpu() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }
}
