package org.plumbline.plugin.fairwashing;

import org.plumbline.core.fairwashing.HonestModels;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.model.Digest;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The honest models a version is compared with, in order: twins calibrated for it, the reference,
 * else the committed margins alone. Immutable.
 *
 * @param sameInputs whether they explained the very same inputs
 * @param detail says which, in words
 */
record HonestChoice(HonestModels honest, boolean sameInputs, String detail) {
    /**
     * A null file as the configuration names it. Immutable.
     *
     * @param twin the honest twin that was kept with it; empty: none
     */
    record Calibrated(String name, NullFile file, Optional<Path> twin) {
        boolean of(Digest served) {
            return file.model().equals(served.hex());
        }
    }

    /** Returns the honest models of a version. */
    static HonestChoice of(
            Digest served, Optional<Calibrated> twins, Optional<ReferenceVersion> reference) {
        Optional<Calibrated> own = twins.filter(calibrated -> calibrated.of(served));
        String other =
                twins.filter(calibrated -> own.isEmpty())
                        .map(c -> "; " + c.name() + " was calibrated for another archive")
                        .orElse("");
        if (own.isPresent()) {
            HonestModels honest = own.get().file().honest(reference.map(ReferenceVersion::digest));
            int count = honest.readings().values().stream().mapToInt(List::size).max().orElse(0);
            return new HonestChoice(honest, false, count + " honest models of " + own.get().name());
        }
        return reference
                .map(
                        trusted ->
                                new HonestChoice(
                                        HonestModels.of(
                                                Source.REFERENCE,
                                                trusted.examination().clean(),
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
