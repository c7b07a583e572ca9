package org.plumbline.plugin.fairwashing;

import java.util.Locale;

/** What a watch is doing. */
public enum WatchPhase {
    /** Its files are being read. */
    STARTING,
    /** Inputs are being collected. */
    COLLECTING,
    /** A full window is being examined. */
    EXAMINING,
    /** Its files cannot be followed; nothing is collected. */
    MISCONFIGURED,
    /** Several windows in a row failed; nothing is collected until another version serves. */
    STOPPED;

    /** Returns the value shown. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
