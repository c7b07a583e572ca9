package org.plumbline.worker.fairwashing;

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
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.fairwashing.SignalReading;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an examination says of a model's honesty. Immutable.
 *
 * @param source what the model was compared with
 * @param readings what the verdict rests on
 * @param leftOut detectors that were measured otherwise on what the model was compared with
 */
public record HonestyFindings(
        FairwashingVerdict verdict,
        Source source,
        List<SignalReading> readings,
        Set<Detector> leftOut) {
    private static final int EXAMPLES = 8;

    /** Copies the collections. */
    public HonestyFindings {
        readings = List.copyOf(readings);
        leftOut = Collections.unmodifiableSet(new TreeSet<>(leftOut));
    }

    /**
     * What a model is held against. Immutable.
     *
     * @param trusted a trusted version, or the twin kept with the others; empty: none
     * @param twins honest twins of the model; empty: none
     * @param inputs SHA-256 of the inputs as an {@code .npy} file: twins that explained the very
     *     same inputs have no noise of drawing them
     * @param asked methods that are judged; empty: all
     * @param level corrected p-value that is suspect, in (0, 1)
     */
    public record Standard(
            Optional<ReferenceVersion> trusted,
            Optional<NullFile> twins,
            String inputs,
            Set<ExplanationMethod> asked,
            double level) {
        /** Copies the methods. */
        public Standard {
            asked = Set.copyOf(asked);
        }

        private List<SignalReading> readings(Examination own) {
            return trusted.map(t -> own.readings(t.examination())).orElseGet(own::readings).stream()
                    .filter(r -> asked.isEmpty() || asked.contains(r.signal().method()))
                    .toList();
        }

        private HonestModels honest() {
            Optional<Digest> compared = trusted.map(ReferenceVersion::digest);
            return twins.map(file -> file.honest(compared))
                    .or(
                            () ->
                                    trusted.map(
                                            t ->
                                                    HonestModels.of(
                                                            Source.REFERENCE,
                                                            t.examination().clean(),
                                                            List.of(t.examination().readings()))))
                    .orElseGet(HonestModels::none);
        }

        private boolean sameInputs() {
            return twins.map(file -> file.inputs().equals(inputs)).orElse(true);
        }
    }

    /**
     * Judges an examination.
     *
     * @throws AuditException {@code BAD_DATA} if too few inputs have maps
     */
    public static HonestyFindings of(Examination own, Standard standard) {
        HonestModels honest = standard.honest();
        List<SignalReading> all = standard.readings(own);
        List<SignalReading> readings =
                all.stream().filter(r -> honest.comparable(r.signal(), own)).toList();
        FairwashingVerdict verdict =
                new HonestyCheck(Margins.standard(), honest, standard.level())
                        .judge(readings, standard.sameInputs());
        if (verdict.tested().isEmpty()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "inputs",
                    "too few with usable maps",
                    "at least " + HonestyCheck.FEWEST_INPUTS);
        }
        return new HonestyFindings(
                verdict, honest.source(), readings, honest.incomparable(all, own));
    }

    /** Returns the number of inputs examined. */
    public int samples() {
        return readings.get(0).values().dimension();
    }

    /** Returns what the model was compared with: {@code twins, reference} or {@code population}. */
    public String sourceLabel() {
        return source.name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether a signal is suspect by itself, after correction. */
    public boolean spoke(Tested tested) {
        return tested.corrected() <= verdict.level();
    }

    /** Returns the inputs that speak loudest for a signal, at most eight; none if it is silent. */
    public List<Integer> examples(Tested tested) {
        return spoke(tested) ? loudest(tested) : List.of();
    }

    private List<Integer> loudest(Tested tested) {
        return readings.stream()
                .filter(r -> r.signal().equals(tested.signal()))
                .findFirst()
                .orElseThrow()
                .loudest(EXAMPLES);
    }
}
