package org.plumbline.plugin.pipeline;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.plugin.intercept.ServedId;

/** What is compared with a baseline. */
public sealed interface DriftKey permits SeriesKey, ConceptKey {
    /** Returns the version. */
    ServedId id();

    /** Returns the layer. */
    LayerPath layer();

    /** Returns the concept. */
    ConceptId concept();
}
