package org.plumbline.plugin.fairwashing;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.ExaminationStandard;
import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.fairwashing.Margins;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.fairwashing.SignalReading;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.fairwashing.HonestChoice.Calibrated;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One window being examined, a step at a time: by the version that serves, then by its reference.
 * Owns the models loaded for it; confined to one thread.
 */
final class WindowExamination implements AutoCloseable {
    private final WatchedModel watched;
    private final FairwashingSpec spec;
    private final Digest version;
    private final Optional<Calibrated> twins;
    private final Laboratory laboratory;
    private final Optional<Path> trusted;
    private Set<ExplanationMethod> methods;
    private Optional<String> leftOut = Optional.empty();
    private Set<Detector> unlike = Set.of();
    private @Nullable ArchiveExamination own;
    private @Nullable ArchiveExamination other;

    /**
     * Prepares an examination; nothing is loaded yet.
     *
     * @param version digest of what the inputs were sent to
     * @param inputs {@code [n, c, h, w]}
     * @throws AuditException {@code BAD_DATA} if the clean inputs do not fit
     */
    WindowExamination(
            WatchedModel watched,
            FairwashingSpec spec,
            Digest version,
            Optional<Calibrated> twins,
            FloatTensor inputs) {
        this.watched = watched;
        this.spec = spec;
        this.version = version;
        this.twins = twins;
        laboratory = Laboratory.of(inputs, spec.tangent());
        trusted = spec.reference().file().or(this::unnamed);
        methods = ExaminationStandard.withCompanions(spec.methods());
    }

    /** The twin kept for this version has others beside it to say how far twins are apart. */
    private Optional<Path> unnamed() {
        if (!spec.reference().previous()) {
            return Optional.empty();
        }
        return twins.filter(calibrated -> calibrated.of(version))
                .flatMap(Calibrated::twin)
                .or(watched::replaced);
    }

    /** Returns the inputs being examined. */
    int size() {
        return laboratory.inputs().rows();
    }

    /** Returns the share of the inputs that have been explained, in [0, 1]. */
    double progress() {
        int archives = trusted.isPresent() ? 2 : 1;
        int explained = examinations().stream().mapToInt(ArchiveExamination::explained).sum();
        return (double) explained / Math.max(1, archives * size());
    }

    private List<ArchiveExamination> examinations() {
        return Stream.of(Optional.ofNullable(own), Optional.ofNullable(other))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Takes the next step; false if none is left.
     *
     * @throws AuditException if an archive cannot be examined
     */
    boolean step() {
        ArchiveExamination first = own;
        if (first == null) {
            own = load();
            return true;
        }
        if (first.step()) {
            return true;
        }
        first.close();
        return trusted.isPresent() && stepOther(trusted.get());
    }

    private boolean stepOther(Path archive) {
        ArchiveExamination second = other;
        if (second == null) {
            other = ArchiveExamination.load(archive, watched, laboratory, methods);
            return true;
        }
        if (second.step()) {
            return true;
        }
        second.close();
        return false;
    }

    /** LRP has no rule for some operators: without methods of its own, the rest will do. */
    private ArchiveExamination load() {
        Path archive = watched.archive();
        try {
            return load(archive);
        } catch (AuditException e) {
            if (!spec.methods().isEmpty()) {
                throw e;
            }
            methods = ExaminationStandard.gradients();
            leftOut = Optional.of(ExplanationMethod.LRP.label() + ": " + e.getMessage());
            return load(archive);
        }
    }

    private ArchiveExamination load(Path archive) {
        ArchiveExamination fresh = ArchiveExamination.load(archive, watched, laboratory, methods);
        if (!fresh.digest().equals(version)) {
            fresh.close();
            throw AuditException.of(
                    ErrorCode.BAD_ARCHIVE, "archive", fresh.digest(), version + ", which serves");
        }
        return fresh;
    }

    /** Returns what was found, once no step is left. */
    Findings findings() {
        ArchiveExamination first = own;
        if (first == null) {
            throw new IllegalStateException("nothing examined");
        }
        Examination served = first.result();
        Optional<ReferenceVersion> compared =
                Optional.ofNullable(other).map(o -> new ReferenceVersion(o.digest(), o.result()));
        HonestChoice honest = HonestChoice.of(version, twins, compared);
        List<SignalReading> all =
                compared
                        .map(c -> served.readings(c.examination()))
                        .orElseGet(served::readings)
                        .stream()
                        .filter(r -> asked(r.signal().method()))
                        .toList();
        List<SignalReading> readings =
                all.stream().filter(r -> honest.honest().comparable(r.signal(), served)).toList();
        unlike = honest.honest().incomparable(all, served);
        FairwashingVerdict verdict =
                new HonestyCheck(Margins.standard(), honest.honest(), spec.level())
                        .judge(readings, honest.sameInputs());
        return new Findings(laboratory.inputs(), served, compared, readings, verdict, honest);
    }

    private boolean asked(ExplanationMethod method) {
        return spec.methods().isEmpty() || spec.methods().contains(method);
    }

    /** Returns what was not examined, and why. */
    Optional<String> leftOut() {
        Optional<String> measuredOtherwise =
                unlike.stream()
                        .map(Detector::label)
                        .reduce((a, b) -> a + ", " + b)
                        .map(labels -> labels + ": no honest models examined alike");
        return Stream.of(leftOut, measuredOtherwise)
                .flatMap(Optional::stream)
                .reduce((a, b) -> a + "; " + b);
    }

    /**
     * What an examination found. Borrows its arrays; immutable.
     *
     * @param readings of the methods asked for
     */
    record Findings(
            FloatTensor inputs,
            Examination served,
            Optional<ReferenceVersion> reference,
            List<SignalReading> readings,
            FairwashingVerdict verdict,
            HonestChoice honest) {}

    /** Frees what is loaded. */
    @Override
    public void close() {
        try {
            if (own != null) {
                own.close();
            }
        } finally {
            if (other != null) {
                other.close();
            }
        }
    }
}
