package org.plumbline.plugin.metrics;

import java.util.Locale;

/** What the watch over a model's explanations is doing. */
public enum WatchPhase {
    /** Its files are being read. */
    STARTING,
    /** Inputs are being collected. */
    COLLECTING,
    /** A full window is being examined. */
    EXAMINING,
    /** Its files cannot be followed; nothing is collected. */
    MISCONFIGURED,
    /** Windows could not be examined; nothing is collected until another version serves. */
    STOPPED;

    /** Returns the label value. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
