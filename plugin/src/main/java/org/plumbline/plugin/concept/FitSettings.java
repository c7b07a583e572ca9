package org.plumbline.plugin.concept;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;

/**
 * How a concept is fitted. Immutable.
 *
 * @param cav how the CAV is estimated
 * @param pooling of the activations over locations
 * @param seed of the resamples its quality is judged by; the CAV itself draws nothing
 */
public record FitSettings(CavKind cav, Pooling pooling, long seed) {
    /** What is used where nothing is said. */
    public static final FitSettings STANDARD = new FitSettings(CavKind.SIGNAL, Pooling.MAX, 0);
}
