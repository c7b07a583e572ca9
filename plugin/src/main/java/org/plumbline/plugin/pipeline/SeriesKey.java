package org.plumbline.plugin.pipeline;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.plugin.intercept.ServedId;

/**
 * What one window is about. Immutable.
 *
 * @param target class whose logit was differentiated
 */
public record SeriesKey(ServedId id, LayerPath layer, ConceptId concept, int target)
        implements DriftKey {}
