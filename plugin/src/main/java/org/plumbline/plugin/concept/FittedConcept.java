package org.plumbline.plugin.concept;

import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tap.Intervention;
import org.plumbline.plugin.intercept.PresenceRule;

/**
 * A concept as it is audited along. Immutable.
 *
 * @param record where it comes from
 * @param removal moves the layer's value to the mean level of the examples without the concept
 * @param presence tells which inputs carry it
 */
public record FittedConcept(FitRecord record, Intervention removal, PresenceRule presence) {
    /** Returns the concept. */
    public ConceptId name() {
        return record.source().name();
    }

    /** Returns the fit. */
    public CavFit fit() {
        return record.fit();
    }

    /** Returns how far it can be trusted. */
    public CavQuality quality() {
        return record.quality();
    }
}
