package org.plumbline.plugin.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the audit worker listens and how to talk to it. Immutable.
 *
 * @param target {@code host:port}
 * @param tls present: TLS is used
 * @param tokenFile file whose first line is the bearer token
 */
public record WorkerTarget(String target, Optional<Tls> tls, Optional<Path> tokenFile) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.:\\[\\]-]+:\\d{1,5}");

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if {@code target} is not {@code host:port}
     */
    public WorkerTarget {
        if (!FORM.matcher(target).matches()) {
            throw new IllegalArgumentException("target: " + target + " (expected: host:port)");
        }
    }

    /** Returns a target in plain text without a token. */
    public static WorkerTarget plain(String target) {
        return new WorkerTarget(target, Optional.empty(), Optional.empty());
    }

    /**
     * Certificates of a TLS connection, PEM files. Immutable.
     *
     * @param ca trusted authorities; empty: the platform's
     * @param certificate client certificate chain
     * @param key private key of {@code certificate}
     */
    public record Tls(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {}
}
