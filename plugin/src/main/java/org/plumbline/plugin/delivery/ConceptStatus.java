package org.plumbline.plugin.delivery;

import org.plumbline.plugin.concept.FittedConcept;
import org.plumbline.plugin.concept.LibraryConcept;

import java.util.Optional;

/**
 * A concept of the library and what became of it in the version that serves. Immutable.
 *
 * @param fitted present if it is audited along
 * @param unfit why not
 */
public record ConceptStatus(
        LibraryConcept concept, Optional<FittedConcept> fitted, Optional<String> unfit) {}
