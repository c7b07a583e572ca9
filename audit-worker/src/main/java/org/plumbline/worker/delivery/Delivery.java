package org.plumbline.worker.delivery;

import java.time.Instant;

/**
 * The latest word of one server on one checkpoint. Immutable.
 *
 * @param detail one line; why, when failed or rolled back
 */
public record Delivery(String serverId, DeliveryState state, String detail, Instant updateTime) {}
