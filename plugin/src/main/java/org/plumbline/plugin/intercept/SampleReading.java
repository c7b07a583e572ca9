package org.plumbline.plugin.intercept;

import org.plumbline.core.window.ConceptSample;

import java.util.List;

/**
 * What one audited sample showed. Immutable.
 *
 * @param target class whose logit was differentiated
 * @param concepts one entry per concept, in the order of the bank
 */
public record SampleReading(int target, List<ConceptSample> concepts) {
    /** Copies the entries. */
    public SampleReading {
        concepts = List.copyOf(concepts);
    }
}
