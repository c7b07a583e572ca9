package org.plumbline.core.instrument.relevance;

/**
 * What a value means for relevance. Immutable.
 *
 * @param kind its part in the computation
 * @param deep whether a weighted layer lies between it and the pixels
 * @param nonNegative whether it is known to be at least 0
 */
record Signal(Kind kind, boolean deep, boolean nonNegative) {
    /** Parts, from those that may be anything to those that may not. */
    enum Kind {
        /** Does not depend on the input in a way that carries relevance. */
        PLAIN,
        /** A factor between 0 and 1; carries relevance where it is no factor. */
        GATE,
        /** Carries relevance. */
        SIGNAL,
        /** Weights of an average of values; carries none. */
        ATTENTION,
        /** A product of two signals on its way to attention weights; carries none. */
        SCORE
    }

    static final Signal PLAIN = new Signal(Kind.PLAIN, false, true);

    /** Returns what is known of a value that is one or the other, or made of both. */
    Signal join(Signal other) {
        if (kind == Kind.PLAIN || other.kind == Kind.PLAIN) {
            Signal one = kind == Kind.PLAIN ? other : this;
            return new Signal(one.kind, one.deep, false);
        }
        Kind stricter = kind.compareTo(other.kind) >= 0 ? kind : other.kind;
        return new Signal(stricter, deep || other.deep, nonNegative && other.nonNegative);
    }

    /** Returns whether it carries relevance. */
    boolean carries() {
        return kind == Kind.SIGNAL || kind == Kind.GATE;
    }

    Signal withKind(Kind other) {
        return new Signal(other, deep, nonNegative);
    }

    Signal signed() {
        return new Signal(kind, deep, false);
    }

    Signal positive() {
        return new Signal(kind, deep, true);
    }

    Signal weighted() {
        return new Signal(Kind.SIGNAL, true, false);
    }
}
