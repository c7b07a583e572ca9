package org.plumbline.plugin.pipeline;

import org.plumbline.core.significance.EffectSize;

/**
 * A concept's mean sensitivity beside the random CAVs of its layer. Immutable.
 *
 * @param pValue anytime-valid, corrected for all concepts and classes of the version, in [0, 1];
 *     may alert
 * @param single the same before the correction
 * @param effect size of the difference at the moment, for reading
 * @param samples counted for the class
 * @param random random CAVs
 */
public record PoolEvidence(
        double pValue, double single, EffectSize effect, long samples, int random) {}
