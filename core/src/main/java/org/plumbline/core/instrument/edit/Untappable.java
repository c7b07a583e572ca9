package org.plumbline.core.instrument.edit;

/** Why a layer cannot be tapped or a method cannot be split; becomes a message at the border. */
public final class Untappable extends Exception {
    private static final long serialVersionUID = 1L;

    public Untappable(String reason) {
        super(reason);
    }

    /** Returns the reason, one clause. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
