package org.plumbline.plugin.intercept;

/**
 * What removing one concept did to one audited row. Immutable.
 *
 * @param row of the request
 * @param concept position in the bank
 * @param change of the logit, in logits
 * @param reach signed distance moved, summed over locations, in units of activation
 */
public record EffectReading(int row, int concept, double change, double reach) {}
