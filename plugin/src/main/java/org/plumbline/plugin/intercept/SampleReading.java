package org.plumbline.plugin.intercept;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.window.ConceptSample;

import java.util.List;
import java.util.Optional;

/**
 * What one audited sample showed. Immutable.
 *
 * @param target class whose logit was differentiated
 * @param concepts one entry per concept, in the order of the bank
 * @param random mean sensitivities along the layer's random CAVs, where it has some
 * @param presence 1 for each concept that the input carries, else 0, where that is read
 */
public record SampleReading(
        int target,
        List<ConceptSample> concepts,
        Optional<DenseVector> random,
        Optional<DenseVector> presence) {
    /** Copies the entries. */
    public SampleReading {
        concepts = List.copyOf(concepts);
    }

    /** A reading along concepts alone. */
    public SampleReading(int target, List<ConceptSample> concepts) {
        this(target, concepts, Optional.empty(), Optional.empty());
    }
}
