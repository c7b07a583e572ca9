package org.plumbline.core.fairwashing;

/**
 * A verdict for live use that does not flicker: suspect after two windows in a row below the level,
 * clean again after two in a row above ten times the level. Confined to one thread.
 */
public final class VerdictLatch {
    private static final int WINDOWS = 2;
    private static final double RELEASE = 10;

    private boolean suspect;
    private int towards;

    /**
     * Takes a window's verdict.
     *
     * @return whether the state changed
     */
    public boolean update(FairwashingVerdict verdict) {
        boolean speaks =
                suspect
                        ? verdict.pValue() > Math.min(1, RELEASE * verdict.level())
                                || verdict.pValue() == 1
                        : verdict.suspect();
        towards = speaks ? towards + 1 : 0;
        if (towards < WINDOWS) {
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
}
