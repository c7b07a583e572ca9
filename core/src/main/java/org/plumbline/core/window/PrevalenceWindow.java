package org.plumbline.core.window;

/**
 * The share of inputs that carry a concept, over a sliding window and in total, in constant memory.
 * The window moves in panes as that of {@link ConceptWindow}. Confined to one thread.
 */
public final class PrevalenceWindow {
    private static final int PANES = 8;

    private final int paneSize;
    private final int[] present;
    private final int[] seen;
    private int current;
    private long totalPresent;
    private long totalSeen;

    /**
     * Makes an empty window.
     *
     * @param capacity inputs in the window at most, at least 1
     */
    public PrevalenceWindow(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
        }
        paneSize = Math.max(1, capacity / PANES);
        present = new int[capacity / paneSize];
        seen = new int[present.length];
    }

    /** Adds an input. */
    public void add(boolean carries) {
        if (seen[current] == paneSize) {
            current = (current + 1) % seen.length;
            seen[current] = 0;
            present[current] = 0;
        }
        seen[current]++;
        totalSeen++;
        if (carries) {
            present[current]++;
            totalPresent++;
        }
    }

    /** Returns the numbers now. */
    public PrevalenceSnapshot snapshot() {
        long inWindow = 0;
        long withConcept = 0;
        for (int i = 0; i < seen.length; i++) {
            inWindow += seen[i];
            withConcept += present[i];
        }
        double share = inWindow == 0 ? Double.NaN : (double) withConcept / inWindow;
        return new PrevalenceSnapshot(inWindow, share, totalPresent, totalSeen);
    }
}
