package org.plumbline.cli;

import org.plumbline.worker.correction.Preset;

import picocli.CommandLine.Option;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Options that say how to correct. Confined to one thread. */
final class MethodChoice {
    @Option(names = "--method", description = "rr-clarc, lff-be, vanilla, ...; or a --preset.")
    private Optional<String> method = Optional.empty();

    @Option(
            names = "--preset",
            description = "Published configuration, such as lff-be-cmnist; --param overrides.")
    private Optional<String> preset = Optional.empty();

    @Option(names = "--param", paramLabel = "NAME=VALUE", description = "Method parameter.")
    private Map<String, String> parameters = new TreeMap<>();

    /**
     * Returns the method, that of the preset if none is named.
     *
     * @throws org.plumbline.core.error.AuditException if the preset is unknown
     */
    String method() {
        return method.or(() -> preset.map(name -> Preset.of(name).method()))
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "method: none (expected: --method or --preset)"));
    }

    /** Returns the parameters, with the preset as one of them. */
    Map<String, String> parameters() {
        Map<String, String> all = new TreeMap<>(parameters);
        preset.ifPresent(name -> all.put(Preset.PARAMETER, name));
        return all;
    }
}
