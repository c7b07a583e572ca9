package org.plumbline.core.window;

/**
 * Exponentially decayed numbers as of the latest sample. Immutable.
 *
 * @param weight sum of the samples' weights, at least 0
 * @param effectiveSamples how many equally weighted samples would be as precise, at least 0
 * @param score TCAV score, in [0, 1]; 0.5 without samples
 * @param scoreStandardError {@code sqrt(q (1 - q) / effectiveSamples)}
 * @param sensitivity mean sensitivity, signed, logits per unit of activation
 * @param sensitivityStandardError standard error of {@code sensitivity}
 * @param magnitude mean magnitude, at least 0
 */
public record DecayedSnapshot(
        double weight,
        double effectiveSamples,
        double score,
        double scoreStandardError,
        double sensitivity,
        double sensitivityStandardError,
        double magnitude) {}
