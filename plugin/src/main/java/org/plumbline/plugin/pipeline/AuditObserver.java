package org.plumbline.plugin.pipeline;

import org.plumbline.plugin.intercept.AuditEvent;

import java.util.Set;

/** Is told, on the audit thread, what happens there. */
public interface AuditObserver {
    /** One event entered the windows. */
    void audited(AuditEvent event);

    /** A first sample made these series. */
    void appeared(SeriesKey key);

    /** The series of a version that is no longer served are gone. */
    void vanished(Set<SeriesKey> keys);
}
