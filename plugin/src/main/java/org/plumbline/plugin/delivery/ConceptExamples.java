package org.plumbline.plugin.delivery;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;

/**
 * Examples of one concept as the model receives them.
 *
 * @param positives {@code [n, c, h, w]} showing the concept
 * @param negatives {@code [m, c, h, w]} without it
 * @param cav how the CAV is estimated from their activations
 * @param pooling of the activations over locations
 */
public record ConceptExamples(
        ConceptId name,
        FloatTensor positives,
        FloatTensor negatives,
        CavKind cav,
        Pooling pooling) {}
