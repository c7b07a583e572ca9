package org.plumbline.worker.delivery;

/** The way to one attached server. Calls never block; what cannot be sent is lost. */
public interface ServerLink {
    /** Sends an offer. */
    void offer(Offer offer);

    /** Tells the server to switch to what it staged. */
    void promote(String deliveryId);

    /** Tells the server to go back. */
    void rollback(String deliveryId, String reason);

    /** Says that the same server attached anew; this link hears nothing more. */
    void replaced();
}
