package org.plumbline.cli.bench;

import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.pipeline.AuditObserver;
import org.plumbline.plugin.pipeline.SeriesKey;

import java.util.Set;

/** Needs to know nothing of what the audit thread does. */
record NoObserver() implements AuditObserver {
    @Override
    public void audited(AuditEvent event) {
        // counted by the version itself
    }

    @Override
    public void appeared(SeriesKey key) {
        // no series is shown
    }

    @Override
    public void vanished(Set<SeriesKey> keys) {
        // no series is shown
    }
}
