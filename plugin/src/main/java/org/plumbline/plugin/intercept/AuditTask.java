package org.plumbline.plugin.intercept;

import java.util.Optional;

/**
 * The part of an audit that waits until its answer has gone out. Confined to one thread at a time;
 * close it, run or not.
 */
public interface AuditTask extends AutoCloseable {
    /** Returns which archive answered. */
    ServedId id();

    /** Returns the generation of the {@link Served} that answered. */
    long generation();

    /** Returns about how many bytes of native memory wait until {@link #close}. */
    long bytes();

    /** Reads the sensitivities; empty if that failed, which has been counted and logged. */
    Optional<AuditEvent> run();

    /** Frees what waits; an audit that never ran counts as dropped. */
    @Override
    void close();
}
