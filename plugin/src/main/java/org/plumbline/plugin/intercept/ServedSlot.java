package org.plumbline.plugin.intercept;

/** What is served now, exchangeable while requests run. Thread-safe. */
public final class ServedSlot {
    private volatile Served current;

    /** Starts with a version whose hold stays with the caller. */
    public ServedSlot(Served first) {
        current = first;
    }

    /** Returns what is served now, for reading its description only. */
    public Served current() {
        return current;
    }

    /**
     * Returns what is served now with a hold on it; the caller releases it.
     *
     * @throws IllegalStateException if the model has been unloaded
     */
    public Served acquire() {
        while (true) {
            Served served = current;
            if (served.tryAcquire()) {
                return served;
            }
            if (served == current) { // a version is freed only after its successor is in place
                throw new IllegalStateException(served.id() + ": unloaded");
            }
        }
    }

    /**
     * Serves another version from the next request on; calls under way end on the old one.
     *
     * @return the old one, whose hold is the caller's again
     */
    public synchronized Served swap(Served next) {
        Served old = current;
        current = next;
        return old;
    }
}
