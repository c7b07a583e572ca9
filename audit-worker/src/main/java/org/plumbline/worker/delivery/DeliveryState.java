package org.plumbline.worker.delivery;

/** How far a checkpoint got on one server. */
public enum DeliveryState {
    /** Sent; no answer yet. */
    OFFERED,
    /** Downloaded, verified and warmed up beside what is served. */
    STAGED,
    /** Serves requests. */
    PROMOTED,
    /** Served requests, or was staged, and was taken back. */
    ROLLED_BACK,
    /** The server refused it or could not take it. */
    FAILED;

    /** Returns whether nothing more is to be sent. */
    public boolean settled() {
        return this == PROMOTED || this == ROLLED_BACK || this == FAILED;
    }
}
