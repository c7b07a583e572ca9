package org.plumbline.plugin.delivery;

import org.plumbline.core.model.Digest;
import org.plumbline.plugin.repair.DeliveryReport.Step;

import java.time.Instant;

/**
 * The last news about deliveries to one model. Immutable.
 *
 * @param id of the delivery
 * @param archive digest delivered
 * @param detail one line
 * @param at when it was settled
 */
public record DeliveryStatus(String id, Digest archive, Step step, String detail, Instant at) {}
