package org.plumbline.plugin.concept;

import org.plumbline.core.model.ConceptId;

import java.util.Optional;

/**
 * A concept of the library. Immutable.
 *
 * @param content what it is made of
 * @param configured whether the configuration declares it
 * @param upload present where its examples were uploaded: they hold until they are deleted
 */
public record LibraryConcept(
        ConceptId name,
        ConceptContent content,
        boolean configured,
        Optional<StoredConcept> upload) {
    /** Returns whether another one is an upload of the same content. */
    public boolean sameUpload(LibraryConcept other) {
        return other.upload().isPresent() && content.equals(other.content());
    }
}
