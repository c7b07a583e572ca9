package org.plumbline.plugin.config;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.probe.ProbeLimits;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the per-model {@code plumbline.yaml}. Thread-safe. */
public final class AuditConfigLoader {
    /** Name of the file in the model folder. */
    public static final String FILE = "plumbline.yaml";

    private static final int LARGEST_WINDOW = 1_000_000;
    private static final int LARGEST_CLASS = 1_000_000;
    private static final int MOST_SERIES = 10_000;
    private static final int STANDARD_SERIES = 200;
    private static final int FEWEST_CAVS = 20;
    private static final int MOST_CAVS = 1000;

    private AuditConfigLoader() {}

    /**
     * Reads one model's configuration; paths are relative to the file's folder.
     *
     * @throws org.plumbline.core.error.AuditException {@code INVALID_ARGUMENT} naming the file and
     *     every key that is unknown, missing, of the wrong type or out of range
     */
    public static AuditConfig load(Path file) {
        Problems problems = new Problems(file.getFileName().toString());
        Section top = Section.parse(file, problems);
        Path folder = file.toAbsolutePath().resolveSibling("");
        Optional<LayerPath> layer =
                top.required("layer", "dotted path such as features.28", LayerPath::new);
        Optional<OutputSelector> output = top.parsed("output", OutputSelector::new);
        int target = top.parsed("target", AuditConfigLoader::target).orElse(AuditConfig.PREDICTED);
        Sampling sampling =
                top.section("sampling").map(AuditConfigLoader::sampling).orElse(Sampling.ALL);
        WindowSpec window =
                top.section("window")
                        .map(AuditConfigLoader::window)
                        .orElse(new WindowSpec(WindowSpec.STANDARD_SAMPLES, Optional.empty()));
        List<ConceptSpec> concepts = concepts(top, folder);
        int maxSeries = top.whole("max-series", 1, MOST_SERIES, STANDARD_SERIES);
        SignificanceSpec significance =
                top.section("significance")
                        .map(AuditConfigLoader::significance)
                        .orElse(SignificanceSpec.STANDARD);
        EffectSpec effect = top.section("effect").map(EffectSpec::read).orElse(EffectSpec.STANDARD);
        QualityBounds quality =
                top.section("cav-quality").map(QualityReader::read).orElse(QualityBounds.STANDARD);
        Optional<WorkerTarget> worker =
                top.section("worker").flatMap(s -> WorkerReader.read(s, folder));
        ProbeLimits probe = top.section("probe").map(ProbeReader::read).orElse(ProbeLimits.DEFAULT);
        Optional<FairwashingSpec> fairwashing =
                top.section("fairwashing").flatMap(s -> FairwashingSpec.read(s, folder));
        top.refuseUnknown();
        problems.check();
        return new AuditConfig(
                layer.orElseThrow(),
                output,
                target,
                sampling,
                window,
                concepts,
                maxSeries,
                significance,
                effect,
                quality,
                worker,
                probe,
                fairwashing);
    }

    private static int target(String text) {
        if (text.equals("predicted")) {
            return AuditConfig.PREDICTED;
        }
        if (!text.matches("\\d{1,7}") || Integer.parseInt(text) > LARGEST_CLASS) {
            throw new IllegalArgumentException("(expected: predicted or a class index)");
        }
        return Integer.parseInt(text);
    }

    private static Sampling sampling(Section section) {
        double rate = section.ratio("rate").orElse(Sampling.ALL.rate());
        Optional<Double> overhead = section.ratio("max-overhead");
        section.refuseUnknown();
        return new Sampling(rate, overhead.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    }

    private static WindowSpec window(Section section) {
        WindowSpec window =
                new WindowSpec(
                        section.whole("samples", 1, LARGEST_WINDOW, WindowSpec.STANDARD_SAMPLES),
                        section.duration("half-life"));
        section.refuseUnknown();
        return window;
    }

    private static SignificanceSpec significance(Section section) {
        boolean seeded = section.has("seed");
        int seed = section.whole("seed", 0, Integer.MAX_VALUE, 0);
        SignificanceSpec significance =
                new SignificanceSpec(
                        section.whole(
                                "random-cavs",
                                FEWEST_CAVS,
                                MOST_CAVS,
                                SignificanceSpec.STANDARD_CAVS),
                        seeded ? OptionalLong.of(seed) : OptionalLong.empty());
        section.refuseUnknown();
        return significance;
    }

    private static List<ConceptSpec> concepts(Section top, Path folder) {
        List<ConceptSpec> concepts = new ArrayList<>();
        Set<ConceptId> names = new HashSet<>();
        String expected = "a list of concepts, at least one";
        List<Section> sections = top.sections("concepts", expected);
        for (Section section : sections) {
            concept(section, folder)
                    .ifPresent(
                            concept -> {
                                if (!names.add(concept.name())) {
                                    section.problem("name", concept.name(), "a name used once");
                                }
                                concepts.add(concept);
                            });
        }
        if (!top.has("concepts") || (sections.isEmpty() && concepts.isEmpty())) {
            top.problem("concepts", "none", expected);
        }
        return concepts;
    }

    private static Optional<ConceptSpec> concept(Section section, Path folder) {
        Optional<ConceptId> name =
                section.required("name", "1 to 64 of a-z 0-9 _ -", ConceptId::new);
        String examples = "folder of images or .npy file";
        Optional<Path> positives = section.required("positives", examples, folder::resolve);
        Optional<Path> negatives = section.required("negatives", examples, folder::resolve);
        Pooling pooling = section.parsed("pooling", Pooling::ofChannels).orElse(Pooling.MAX);
        CavKind cav = section.parsed("cav", CavKind::parse).orElse(CavKind.SIGNAL);
        section.refuseUnknown();
        if (name.isEmpty() || positives.isEmpty() || negatives.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new ConceptSpec(name.get(), positives.get(), negatives.get(), cav, pooling));
    }
}
