package org.plumbline.plugin.pipeline;

import org.plumbline.core.drift.Baseline;

import java.time.Instant;

/**
 * What a series looked like at the start. Immutable.
 *
 * @param at when its last sample was seen
 * @param sensitivity mean sensitivity, logits per unit of activation
 */
public record FrozenBaseline(Instant at, Baseline sensitivity) {}
