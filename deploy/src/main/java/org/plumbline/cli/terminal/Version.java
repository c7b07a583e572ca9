package org.plumbline.cli.terminal;

import picocli.CommandLine.IVersionProvider;

import java.util.Optional;

/** The version in the jar's manifest. Thread-safe. */
public final class Version implements IVersionProvider {
    /** Returns the version, {@code development} outside a jar. */
    public static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"plumbline " + text()};
    }
}
