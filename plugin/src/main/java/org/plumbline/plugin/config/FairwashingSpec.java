package org.plumbline.plugin.config;

import org.plumbline.core.fairwashing.ExaminationStandard;
import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.fairwashing.VerdictLatch;
import org.plumbline.core.model.ExplanationMethod;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How live explanations are watched for manipulation. Immutable.
 *
 * @param rate share of the rows of audited requests that a window takes, in (0, 1]
 * @param window inputs examined together, at least {@link HonestyCheck#FEWEST_INPUTS}
 * @param budget share of one core that examinations may take, in (0, 1]
 * @param methods explanations that are judged; empty: all that the archive allows
 * @param tangent where tangent spaces come from
 * @param nullFile honest twins, from {@code fairwash calibrate}
 * @param reference version to compare with
 * @param level corrected p-value at or below which a window is suspect, in (0, 1)
 * @param hysteresis when the verdict changes
 * @param examples inputs shown for each method; 0: nothing of a request is kept
 */
public record FairwashingSpec(
        double rate,
        int window,
        double budget,
        Set<ExplanationMethod> methods,
        Tangent tangent,
        Optional<Path> nullFile,
        Reference reference,
        double level,
        Hysteresis hysteresis,
        int examples) {
    private static final double RATE = 0.1;
    private static final double LEAST_RATE = 1e-6;
    private static final int WINDOW = 200;
    private static final int LARGEST_WINDOW = 10_000;
    private static final double BUDGET = 0.05;
    private static final double LEAST_BUDGET = 1e-4;
    private static final double LEAST_LEVEL = 1e-9;
    private static final double LARGEST_LEVEL = 0.5;
    private static final int EXAMPLES = 6;
    private static final int MOST_EXAMPLES = 32;

    /** Copies the set. */
    public FairwashingSpec {
        methods = Set.copyOf(methods);
    }

    /**
     * Where tangent spaces come from. Immutable.
     *
     * @param inputs clean inputs, .npy; empty: the window's own
     */
    public record Tangent(Optional<Path> inputs, int neighbours, int dimension) {
        /** As {@code fairwash check} has it, so that its null files fit. */
        public static final Tangent STANDARD =
                new Tangent(
                        Optional.empty(),
                        ExaminationStandard.NEIGHBOURS,
                        ExaminationStandard.DIMENSION);

        private static final int MOST = 1000;

        static Tangent read(Section section, Path folder) {
            int neighbours = section.whole("neighbours", 2, MOST, STANDARD.neighbours());
            int dimension = section.whole("dimension", 1, MOST, STANDARD.dimension());
            Optional<Path> inputs = section.parsed("inputs", folder::resolve);
            section.refuseUnknown();
            if (dimension >= neighbours) {
                section.problem("dimension", dimension, "below tangent.neighbours, " + neighbours);
            }
            return new Tangent(inputs, neighbours, dimension);
        }

        /** Returns how many clean inputs it takes, at least. */
        public int fewest() {
            return Math.max(ExaminationStandard.FEWEST_CLEAN, neighbours);
        }

        /** Returns the settings of a search among clean inputs, or among the inputs themselves. */
        public TangentSettings settings() {
            return new TangentSettings(
                    neighbours,
                    dimension,
                    inputs.isPresent() ? TangentMode.CENTRED : TangentMode.MEMBER);
        }
    }

    /**
     * A version to compare with. Immutable.
     *
     * @param file an archive that is trusted
     * @param previous without a file, whether a delivered version is compared with the one before
     */
    public record Reference(Optional<Path> file, boolean previous) {
        /** Delivered versions are compared with the one before. */
        public static final Reference PREVIOUS = new Reference(Optional.empty(), true);

        static Reference read(Section section, Path folder) {
            return section.text("reference")
                    .map(
                            text ->
                                    switch (text) {
                                        case "previous" -> PREVIOUS;
                                        case "none" -> new Reference(Optional.empty(), false);
                                        default ->
                                                new Reference(
                                                        Optional.of(folder.resolve(text)), false);
                                    })
                    .orElse(PREVIOUS);
        }
    }

    /**
     * When the verdict changes. Immutable.
     *
     * @param windows in a row that say so
     * @param release multiple of the level that a window must exceed to speak for clean
     */
    public record Hysteresis(int windows, double release) {
        /** As {@link VerdictLatch} has it. */
        public static final Hysteresis STANDARD =
                new Hysteresis(VerdictLatch.WINDOWS, VerdictLatch.RELEASE);

        private static final int MOST_WINDOWS = 100;
        private static final double LARGEST_RELEASE = 1e6;

        static Hysteresis read(Section section) {
            Hysteresis hysteresis =
                    new Hysteresis(
                            section.whole("windows", 1, MOST_WINDOWS, STANDARD.windows()),
                            section.number("release", 1, LARGEST_RELEASE, STANDARD.release()));
            section.refuseUnknown();
            return hysteresis;
        }

        /** Returns a latch that goes on from a state. */
        public VerdictLatch latch(VerdictLatch.State from) {
            return new VerdictLatch(windows, release, from);
        }
    }

    /** Reads the section; empty if it is not enabled. */
    static Optional<FairwashingSpec> read(Section section, Path folder) {
        boolean enabled = section.flag("enabled", true);
        int fewest = HonestyCheck.FEWEST_INPUTS;
        FairwashingSpec spec =
                new FairwashingSpec(
                        share(section, "rate", LEAST_RATE, RATE),
                        section.whole("window", fewest, LARGEST_WINDOW, WINDOW),
                        share(section, "budget", LEAST_BUDGET, BUDGET),
                        new TreeSet<>(section.list("methods", ExplanationMethod::of)),
                        section.section("tangent")
                                .map(s -> Tangent.read(s, folder))
                                .orElse(Tangent.STANDARD),
                        section.parsed("null-file", folder::resolve),
                        Reference.read(section, folder),
                        section.number("level", LEAST_LEVEL, LARGEST_LEVEL, HonestyCheck.LEVEL),
                        section.section("hysteresis")
                                .map(Hysteresis::read)
                                .orElse(Hysteresis.STANDARD),
                        section.whole("examples", 0, MOST_EXAMPLES, EXAMPLES));
        int clean = spec.tangent().fewest();
        if (spec.tangent().inputs().isEmpty() && spec.window() < clean) {
            section.problem(
                    "window", spec.window(), "at least " + clean + " without tangent.inputs");
        }
        section.refuseUnknown();
        return enabled ? Optional.of(spec) : Optional.empty();
    }

    private static double share(Section section, String key, double least, double standard) {
        double share = section.ratio(key).orElse(standard);
        if (share < least) {
            section.problem(key, share, "at least " + least + "; enabled: false turns it off");
        }
        return share;
    }
}
