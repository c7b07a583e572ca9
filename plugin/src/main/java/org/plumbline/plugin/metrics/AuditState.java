package org.plumbline.plugin.metrics;

import java.util.Locale;

/** Whether a served model is audited. */
public enum AuditState {
    /** Sampled requests are audited. */
    AUDITED,
    /** There is no {@code plumbline.yaml}. */
    UNAUDITED,
    /** The configuration cannot be followed; served without an audit, the reason is kept beside. */
    MISCONFIGURED;

    /** Returns the label value. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
