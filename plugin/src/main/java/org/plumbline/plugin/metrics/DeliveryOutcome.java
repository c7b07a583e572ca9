package org.plumbline.plugin.metrics;

import java.util.Locale;

/** How a step of a delivery ended. */
public enum DeliveryOutcome {
    /** Loaded beside the served module and found fit. */
    STAGED,
    /** Serving. */
    PROMOTED,
    /** Taken back. */
    ROLLED_BACK,
    /** Refused or broken; the served module is untouched. */
    FAILED;

    /** Returns the label value. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
