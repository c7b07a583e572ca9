package org.plumbline.core.instrument;

/** Why a layer cannot be tapped or a method cannot be split; becomes a message at the border. */
final class Untappable extends Exception {
    private static final long serialVersionUID = 1L;

    Untappable(String reason) {
        super(reason);
    }

    /** Returns the reason, one clause. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
