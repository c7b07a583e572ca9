package org.plumbline.plugin.delivery;

import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;

/**
 * Examples of one concept as the model receives them.
 *
 * @param positives {@code [n, c, h, w]} showing the concept
 * @param negatives {@code [m, c, h, w]} without it
 */
public record ConceptExamples(
        ConceptId name, FloatTensor positives, FloatTensor negatives, Pooling pooling) {}
