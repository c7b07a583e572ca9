package org.plumbline.plugin.metrics;

import java.util.Locale;

/** What became of a window of inputs that was examined for manipulated explanations. */
public enum WindowOutcome {
    /** No signal spoke. */
    CLEAN,
    /** A signal spoke. */
    SUSPECT,
    /** Too few inputs had usable maps. */
    UNTESTED,
    /** Given up: another version serves, or inputs of its shape no longer come. */
    ABORTED,
    /** The examination broke off. */
    FAILED;

    /** Returns the label value. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
