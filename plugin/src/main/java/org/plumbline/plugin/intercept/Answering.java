package org.plumbline.plugin.intercept;

/** Chooses what answers the requests of a version; asked once a request. Thread-safe. */
@FunctionalInterface
public interface Answering {
    /** Every version answers for itself. */
    Answering PLAIN = Served::module;

    /**
     * Returns a module that answers, and reads audits of the version itself.
     *
     * @param served held by the caller until the answer is there
     */
    ServedModule module(Served served);
}
