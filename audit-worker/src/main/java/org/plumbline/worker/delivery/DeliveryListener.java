package org.plumbline.worker.delivery;

/** Hears of every change of a delivery, once and in order. */
@FunctionalInterface
public interface DeliveryListener {
    /** Takes a change; must be quick. */
    void onDelivery(Offer offer, Delivery delivery);

    /** Returns a listener that tells this one, then another. */
    default DeliveryListener andThen(DeliveryListener next) {
        return (offer, delivery) -> {
            onDelivery(offer, delivery);
            next.onDelivery(offer, delivery);
        };
    }
}
