package org.plumbline.plugin.config;

import java.util.Optional;

/** The version this code was built as. */
public final class PluginVersion {
    private PluginVersion() {}

    /** Returns the version in the jar's manifest, or {@code development} outside a jar. */
    public static String current() {
        return Optional.ofNullable(PluginVersion.class.getPackage())
                .map(Package::getImplementationVersion)
                .orElse("development");
    }
}
