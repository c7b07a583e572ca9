package org.plumbline.plugin.fairwashing;

import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.HonestModels;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.Signal;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The honest models a version is compared with, in order: twins calibrated for it, the reference,
 * else the committed margins alone. Immutable.
 *
 * @param sameInputs whether they explained the very same inputs
 * @param detail says which, in words
 */
record HonestChoice(HonestModels honest, boolean sameInputs, String detail) {
    /** A null file as the configuration names it. Immutable. */
    record Calibrated(String name, NullFile file) {}

    /** An examined reference. Immutable. */
    record Reference(Digest digest, Examination examination) {}

    /**
     * Returns whether a signal means the same for the honest models: how far a method is from the
     * others depends on which others there are.
     */
    boolean comparable(Signal signal, Set<ExplanationMethod> methods) {
        return signal.detector() != Detector.METHODS || methods.equals(methods());
    }

    private Set<ExplanationMethod> methods() {
        if (honest.readings().isEmpty()) {
            return EnumSet.allOf(ExplanationMethod.class); // the committed margins
        }
        return honest.readings().keySet().stream().map(Signal::method).collect(Collectors.toSet());
    }

    /** Returns the honest models of a version. */
    static HonestChoice of(
            Digest served, Optional<Calibrated> twins, Optional<Reference> reference) {
        Optional<Calibrated> own =
                twins.filter(calibrated -> calibrated.file().model().equals(served.hex()));
        String other =
                twins.filter(calibrated -> own.isEmpty())
                        .map(c -> "; " + c.name() + " was calibrated for another archive")
                        .orElse("");
        if (own.isPresent()) {
            HonestModels honest = own.get().file().honest();
            int count = honest.readings().values().stream().mapToInt(List::size).max().orElse(0);
            return new HonestChoice(honest, false, count + " honest models of " + own.get().name());
        }
        return reference
                .map(
                        trusted ->
                                new HonestChoice(
                                        HonestModels.of(
                                                Source.REFERENCE,
                                                List.of(trusted.examination().readings())),
                                        true,
                                        "reference " + trusted.digest().brief() + other))
                .orElseGet(
                        () ->
                                new HonestChoice(
                                        HonestModels.none(),
                                        false,
                                        "margins of small networks on Fashion-MNIST, for a first"
                                                + " look"
                                                + other));
    }
}
