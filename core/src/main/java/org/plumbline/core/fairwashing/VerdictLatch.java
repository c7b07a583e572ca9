package org.plumbline.core.fairwashing;

/**
 * A verdict for live use that does not flicker: suspect after some windows in a row below the
 * level, clean again after as many in a row above a multiple of the level. Confined to one thread.
 */
public final class VerdictLatch {
    /** Windows in a row unless told otherwise. */
    public static final int WINDOWS = 2;

    /** Multiple of the level above which a window speaks for clean, unless told otherwise. */
    public static final double RELEASE = 10;

    private final int windows;
    private final double release;
    private boolean suspect;
    private int towards;

    /** Starts clean, with {@link #WINDOWS} and {@link #RELEASE}. */
    public VerdictLatch() {
        this(WINDOWS, RELEASE, new State(false, 0));
    }

    /**
     * Goes on from a state.
     *
     * @param windows in a row that change the state, at least 1
     * @param release multiple of the level, at least 1
     */
    public VerdictLatch(int windows, double release, State from) {
        if (windows < 1 || !(release >= 1)) {
            throw new IllegalArgumentException(
                    "hysteresis: " + windows + ", " + release + " (expected: at least 1, 1)");
        }
        this.windows = windows;
        this.release = release;
        suspect = from.suspect();
        towards = from.towards();
    }

    /**
     * What the latch remembers. Immutable.
     *
     * @param towards windows in a row so far that speak for the other verdict, at least 0
     */
    public record State(boolean suspect, int towards) {
        /** Checks the range. */
        public State {
            if (towards < 0) {
                throw new IllegalArgumentException("towards: " + towards + " (expected: >= 0)");
            }
        }
    }

    /**
     * Takes a window's verdict.
     *
     * @return whether the state changed
     */
    public boolean update(FairwashingVerdict verdict) {
        boolean speaks =
                suspect
                        ? verdict.pValue() > Math.min(1, release * verdict.level())
                                || verdict.pValue() == 1
                        : verdict.suspect();
        towards = speaks ? towards + 1 : 0;
        if (towards < windows) {
            return false;
        }
        suspect = !suspect;
        towards = 0;
        return true;
    }

    /** Returns the state. */
    public boolean suspect() {
        return suspect;
    }

    /** Returns what to go on from later. */
    public State state() {
        return new State(suspect, towards);
    }
}
