package org.plumbline.cli;

import org.plumbline.cli.Calibration.Calibrated;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.fairwashing.HonestModels;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.fairwashing.HonestyCheck.Measured;
import org.plumbline.core.fairwashing.MarginSample;
import org.plumbline.core.fairwashing.Margins;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.fairwashing.Signal;
import org.plumbline.core.fairwashing.SignalReading;
import org.plumbline.core.model.Digest;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a model and its twins showed, without the model. Immutable.
 *
 * @param own readings of the model alone
 * @param twins readings of its twins
 */
record ExaminedModel(String name, boolean attacked, HonestModels own, HonestModels twins)
        implements Comparable<ExaminedModel> {
    /**
     * Examines an archive and its twins, or reads what an earlier run left in the folder.
     *
     * @param withTwins whether twins are trained where none are found
     */
    static ExaminedModel of(
            Path archive,
            boolean attacked,
            Calibration calibration,
            boolean withTwins,
            String inputs,
            Path folder,
            Progress progress)
            throws IOException {
        Digest digest = Digest.of(archive);
        String name = archive.getFileName().toString().replaceFirst("\\.pt$", "");
        String stem = name + "-" + digest.brief();
        Path own = folder.resolve(stem + (withTwins ? ".beside-twins.json" : ".alone.json"));
        Path twins = folder.resolve(stem + ".twins.json");
        if (!Files.exists(own) || (withTwins && !Files.exists(twins))) {
            Optional<ReferenceVersion> reference = calibration.trusted();
            if (withTwins) {
                Calibrated beside = twins(archive, calibration, inputs, progress);
                beside.file().write(twins);
                reference = beside.reference();
            }
            long start = processorTime();
            List<SignalReading> readings = calibration.readings(archive, reference);
            progress.say(
                    String.format(
                            Locale.ROOT,
                            "examined in %.1f s of processor time",
                            (processorTime() - start) / 1e9));
            new NullFile(
                            digest.hex(),
                            inputs,
                            List.of(),
                            HonestModels.of(
                                    Source.POPULATION,
                                    calibration.laboratory().clean().rows(),
                                    List.of(readings)),
                            Optional.empty())
                    .write(own);
        }
        return new ExaminedModel(
                name,
                attacked,
                NullFile.read(own).honest(),
                withTwins ? NullFile.read(twins).honest() : HonestModels.none());
    }

    private static Calibrated twins(
            Path archive, Calibration calibration, String inputs, Progress progress)
            throws IOException {
        Path kept = Files.createTempFile("plumbline-twin-", ".pt");
        try {
            return calibration.of(archive, inputs, kept, progress);
        } finally {
            Files.deleteIfExists(kept);
        }
    }

    /**
     * Returns what this thread has used, in nanoseconds; the engine's single thread is this one.
     */
    private static long processorTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Returns the model as a member of a calibration population. */
    MarginSample sample() {
        Map<Signal, Double> means = new TreeMap<>();
        own.readings()
                .forEach((signal, models) -> models.forEach(m -> means.put(signal, m.mean())));
        return new MarginSample(means, twins);
    }

    /** Judges by twins, or by the margins alone. */
    Judged judged(Source source, Margins margins, double level) {
        List<Measured> measured =
                own.readings().entrySet().stream()
                        .flatMap(e -> e.getValue().stream().map(m -> new Measured(e.getKey(), m)))
                        .toList();
        HonestModels honest = source == Source.TWINS ? twins : HonestModels.none();
        return new Judged(new HonestyCheck(margins, honest, level).judgeMoments(measured, true));
    }

    /** A verdict and how models are ranked by it. */
    record Judged(FairwashingVerdict verdict) {
        /** Returns the smallest p-value before correction: corrected ones are cut off at 1. */
        double score() {
            return verdict.tested().stream().mapToDouble(Tested::pValue).min().orElse(1);
        }

        /** Returns the signal with the smallest p-value. */
        String loudest() {
            return verdict.tested().stream()
                    .min(Comparator.comparingDouble(Tested::pValue))
                    .map(t -> t.signal().label())
                    .orElse("none");
        }
    }

    /** Returns the share of pairs in which the attacked model has the smaller score. */
    static double auc(Map<ExaminedModel, Double> scores) {
        double sum = 0;
        long pairs = 0;
        for (Map.Entry<ExaminedModel, Double> bad : scores.entrySet()) {
            for (Map.Entry<ExaminedModel, Double> good : scores.entrySet()) {
                if (bad.getKey().attacked() && !good.getKey().attacked()) {
                    int order = Double.compare(bad.getValue(), good.getValue());
                    sum += order < 0 ? 1 : order == 0 ? 0.5 : 0;
                    pairs++;
                }
            }
        }
        return pairs == 0 ? -1 : sum / pairs;
    }

    @Override
    public int compareTo(ExaminedModel other) {
        return Comparator.comparing(ExaminedModel::attacked)
                .thenComparing(ExaminedModel::name)
                .compare(this, other);
    }
}
