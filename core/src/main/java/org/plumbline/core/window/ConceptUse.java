package org.plumbline.core.window;

import java.util.Locale;

/** Whether a model uses a concept for a class, by intervention and by gradient. */
public enum ConceptUse {
    /** Too few samples to tell. */
    UNDECIDED,
    /** Removing the concept does not move the logit by a relevant size. */
    UNUSED,
    /** Removing the concept moves the logit, and the gradient tells so. */
    USED,
    /** Removing the concept moves the logit, and the gradient denies it. */
    MASKED;

    /** Returns the name in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
