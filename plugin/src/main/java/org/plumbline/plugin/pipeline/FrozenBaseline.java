package org.plumbline.plugin.pipeline;

import org.plumbline.core.drift.Baseline;

import java.time.Instant;

/**
 * What a series, or the prevalence of a concept, was at the start. Immutable.
 *
 * @param at when its last sample was seen
 * @param mean of the sensitivity, in logits per unit of activation, or of the prevalence
 */
public record FrozenBaseline(Instant at, Baseline mean) {}
