package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.fairwashing.HonestModels;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.fairwashing.Margins;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.SignalReading;
import org.plumbline.core.heatmap.Comparison;
import org.plumbline.core.heatmap.PngFile;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
            names = "--use-margins",
            paramLabel = "FILE",
            description =
                    "Margins of honest models like this one, from fairwash experiment --margins"
                            + " (default: the built-in ones).")
    private Optional<Path> used = Optional.empty();

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

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        pictures.ifPresent(folder -> OutputFile.requireFolder("png", folder));
        Optional<NullFile> twins = nullFile.map(NullFile::read);
        Laboratory laboratory = Laboratory.read(inputs, clean, tangent, methods);
        Examination own = laboratory.examine(archive);
        Optional<Examination> trusted =
                reference.isEmpty()
                        ? Optional.empty()
                        : Optional.of(laboratory.examine(reference.orElseThrow()));
        List<SignalReading> readings = asked(trusted.map(own::readings).orElseGet(own::readings));
        HonestModels honest =
                twins.map(NullFile::honest)
                        .or(() -> trusted.map(FairwashCheckCommand::alone))
                        .orElseGet(HonestModels::none);
        boolean same =
                twins.isEmpty() || twins.orElseThrow().inputs().equals(Digest.of(inputs).hex());
        FairwashingVerdict verdict =
                new HonestyCheck(
                                used.map(Margins::read).orElseGet(Margins::standard),
                                honest,
                                level).judge(readings, same);
        requireTested(verdict);
        ObjectNode summary = summary(verdict, honest.source(), readings);
        draw(laboratory.inputs(), own, trusted, verdict, readings, summary);
        output.result(summary);
        return verdict.suspect() ? ExitCode.CHECK_FAILED : ExitCode.DONE;
    }

    private static HonestModels alone(Examination trusted) {
        return HonestModels.of(Source.REFERENCE, List.of(trusted.readings()));
    }

    private List<SignalReading> asked(List<SignalReading> readings) {
        return readings.stream()
                .filter(r -> methods.isEmpty() || methods.contains(r.signal().method().label()))
                .toList();
    }

    private static void requireTested(FairwashingVerdict verdict) {
        if (verdict.tested().isEmpty()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "inputs",
                    "too few with usable maps",
                    "at least " + HonestyCheck.FEWEST_INPUTS);
        }
    }

    private ObjectNode summary(
            FairwashingVerdict verdict, Source source, List<SignalReading> readings) {
        ObjectNode node =
                Output.object()
                        .put("verdict", verdict.label())
                        .put("p_value", verdict.pValue())
                        .put("level", verdict.level())
                        .put("null", source.name().toLowerCase(Locale.ROOT))
                        .put("samples", readings.get(0).values().dimension());
        ArrayNode rows = node.putArray("detectors");
        for (Tested tested : verdict.tested()) {
            ObjectNode row =
                    rows.addObject()
                            .put("detector", tested.signal().detector().label())
                            .put("method", tested.signal().method().label())
                            .put("statistic", tested.statistic())
                            .put("expected", tested.expected())
                            .put("error", tested.error())
                            .put("p_value", tested.pValue())
                            .put("corrected", tested.corrected())
                            .put("inputs", tested.inputs());
            ArrayNode loudest = row.putArray("examples");
            if (tested.corrected() <= level) {
                loudest(tested, readings).forEach(loudest::add);
            }
        }
        return node;
    }

    private static List<Integer> loudest(Tested tested, List<SignalReading> readings) {
        return readings.stream()
                .filter(r -> r.signal().equals(tested.signal()))
                .findFirst()
                .orElseThrow()
                .loudest(EXAMPLES);
    }

    private void draw(
            FloatTensor images,
            Examination own,
            Optional<Examination> trusted,
            FairwashingVerdict verdict,
            List<SignalReading> readings,
            ObjectNode summary)
            throws IOException {
        ArrayNode files = summary.putArray("pictures");
        if (pictures.isEmpty()) {
            return;
        }
        for (ExplanationMethod method : spoken(verdict)) {
            List<Integer> examples =
                    verdict.spoke().stream()
                            .filter(t -> t.signal().method() == method)
                            .flatMap(t -> loudest(t, readings).stream())
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
