package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.heatmap.Comparison;
import org.plumbline.core.heatmap.PngFile;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.fairwashing.HonestyFindings;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/** Tells manipulated explanations from honest ones. Confined to one thread. */
@Command(
        name = "check",
        description = "Test whether a model's explanations were manipulated; exit 1 if suspect.",
        sortOptions = false)
final class FairwashCheckCommand implements Callable<Integer> {
    private static final int EXAMPLES = 8;

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive.")
    private Path archive = Path.of("");

    @Option(
            names = "--inputs",
            required = true,
            description = "Inputs [n,c,h,w], .npy; about 200 requests.")
    private Path inputs = Path.of("");

    @Option(
            names = "--clean",
            description =
                    "Clean inputs [m,c,h,w], .npy, to find neighbours among (default: the inputs).")
    private Optional<Path> clean = Optional.empty();

    @Option(
            names = "--reference",
            paramLabel = "REF.pt",
            description = "A version that is trusted.")
    private Optional<Path> reference = Optional.empty();

    @Option(
            names = "--null",
            paramLabel = "N.json",
            description =
                    "Honest twins from fairwash calibrate; without it and --reference, margins of"
                            + " Fashion-MNIST models stand in.")
    private Optional<Path> nullFile = Optional.empty();

    @Option(
            names = "--method",
            description =
                    "Explanation to check: gradient, gradient-input, integrated-gradients or lrp;"
                            + " may be repeated (default: all).")
    private List<String> methods = new ArrayList<>();

    @Option(
            names = "--tangent",
            paramLabel = "P.npz",
            description = "Tangent spaces at the inputs, from tangent fit (default: found here).")
    private Optional<Path> tangent = Optional.empty();

    @Option(
            names = "--level",
            defaultValue = "0.01",
            description = "Corrected p-value that is suspect (default: ${DEFAULT-VALUE}).")
    private double level = HonestyCheck.LEVEL;

    @Option(names = "--png", paramLabel = "DIR", description = "Folder for heat maps side by side.")
    private Optional<Path> pictures = Optional.empty();

    @Mixin private RemoteOption remote = new RemoteOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        remote.exclude("tangent", tangent.isPresent());
        remote.exclude("png", pictures.isPresent());
        pictures.ifPresent(folder -> OutputFile.requireFolder("png", folder));
        return remote.given() ? there() : here();
    }

    private int there() throws IOException {
        Optional<NullFile> twins = twins(); // a wrong file is named before anything is sent
        RemoteCheck check =
                new RemoteCheck(archive, inputs, clean, reference(twins), nullFile, methods, level);
        try (WorkerClient client = remote.open()) {
            CheckResult result = check.run(client, output.progress());
            output.result(result.json());
            return exitCode(result);
        }
    }

    private int here() throws IOException {
        Optional<NullFile> twins = twins();
        Optional<Path> compared = reference(twins);
        Laboratory laboratory = Laboratory.read(inputs, clean, tangent, methods);
        Examination own = laboratory.examine(archive);
        Optional<ReferenceVersion> trusted =
                compared.isEmpty()
                        ? Optional.empty()
                        : Optional.of(laboratory.reference(compared.orElseThrow()));
        HonestyFindings found =
                HonestyFindings.of(
                        own,
                        new HonestyFindings.Standard(
                                trusted,
                                twins,
                                Digest.of(inputs).hex(),
                                Laboratory.methods(methods),
                                level));
        CheckResult result = CheckResult.of(found);
        ObjectNode summary = result.json();
        draw(laboratory.inputs(), own, trusted.map(ReferenceVersion::examination), found, summary);
        output.result(summary);
        return exitCode(result);
    }

    private Optional<NullFile> twins() throws IOException {
        Optional<NullFile> twins = nullFile.map(NullFile::read);
        if (twins.isPresent()) {
            twins.get().requireFor(Digest.of(archive), "null");
        }
        return twins;
    }

    /** Returns what the model is compared with: what was named, else the twin kept for it. */
    private Optional<Path> reference(Optional<NullFile> twins) {
        return reference.or(() -> twins.flatMap(file -> file.twin(nullFile.orElseThrow())));
    }

    private static int exitCode(CheckResult result) {
        return result.suspect() ? ExitCode.CHECK_FAILED : ExitCode.DONE;
    }

    private void draw(
            FloatTensor images,
            Examination own,
            Optional<Examination> trusted,
            HonestyFindings found,
            ObjectNode summary)
            throws IOException {
        ArrayNode files = summary.putArray("pictures");
        if (pictures.isEmpty()) {
            return;
        }
        for (ExplanationMethod method : spoken(found.verdict())) {
            List<Integer> examples =
                    found.verdict().spoke().stream()
                            .filter(t -> t.signal().method() == method)
                            .flatMap(t -> found.examples(t).stream())
                            .distinct()
                            .limit(2L * EXAMPLES)
                            .toList();
            Path file = pictures.orElseThrow().resolve("fairwashing-" + method.label() + ".png");
            Files.write(
                    file,
                    PngFile.encode(
                            Comparison.draw(
                                    archive.getFileName() + " \u00b7 " + method.label(),
                                    rows(images, examples),
                                    examples.stream().map(i -> "sample " + i).toList(),
                                    columns(method, own, trusted, examples)),
                            Map.of("Title", "fairwashing, " + method.label())));
            files.add(file.toString());
        }
    }

    private static Set<ExplanationMethod> spoken(FairwashingVerdict verdict) {
        Set<ExplanationMethod> spoken = new TreeSet<>();
        verdict.spoke().forEach(t -> spoken.add(t.signal().method()));
        return spoken;
    }

    private static List<Comparison.Column> columns(
            ExplanationMethod method,
            Examination own,
            Optional<Examination> trusted,
            List<Integer> examples) {
        List<Comparison.Column> columns = new ArrayList<>();
        columns.add(new Comparison.Column(method.label(), rows(own.maps(method), examples)));
        columns.add(new Comparison.Column("projected", rows(own.projected(method), examples)));
        trusted.ifPresent(
                t ->
                        columns.add(
                                new Comparison.Column(
                                        Detector.REFERENCE.label(),
                                        rows(t.maps(method), examples))));
        own.methods().stream()
                .filter(other -> other != method)
                .forEach(
                        other ->
                                columns.add(
                                        new Comparison.Column(
                                                other.label(), rows(own.maps(other), examples))));
        return columns;
    }

    private static FloatTensor rows(FloatTensor tensor, List<Integer> examples) {
        return tensor.rows(examples.stream().mapToInt(Integer::intValue).toArray());
    }
}
