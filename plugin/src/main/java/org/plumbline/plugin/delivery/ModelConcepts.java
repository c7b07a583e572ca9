package org.plumbline.plugin.delivery;

import com.fasterxml.jackson.databind.JsonNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.ConceptId;
import org.plumbline.plugin.concept.ConceptExamples;
import org.plumbline.plugin.concept.ConceptLibrary;
import org.plumbline.plugin.concept.ConceptUpload;
import org.plumbline.plugin.concept.FittedConcept;
import org.plumbline.plugin.concept.LibraryConcept;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The concepts of one model while it serves. A change is fitted first, then kept, then switched to;
 * a failure leaves everything as it was. Thread-safe.
 */
public final class ModelConcepts {
    private final ConceptLibrary library;
    private final Stager stager;
    private final InstantSource clock;
    private final Versions versions;

    ModelConcepts(ConceptLibrary library, Stager stager, InstantSource clock, Versions versions) {
        this.library = library;
        this.stager = stager;
        this.clock = clock;
        this.versions = versions;
    }

    /** Returns the concepts of the library and what became of them in the version that serves. */
    public List<ConceptStatus> all() {
        ConceptSet set = versions.audited();
        return library.concepts().stream()
                .map(
                        c ->
                                new ConceptStatus(
                                        c,
                                        set.find(c.name()),
                                        Optional.ofNullable(set.unfit().get(c.name()))))
                .toList();
    }

    /**
     * Returns one concept.
     *
     * @throws AuditException {@code NOT_FOUND} if there is none of that name
     */
    public ConceptStatus named(ConceptId name) {
        library.require(name);
        return all().stream()
                .filter(s -> s.concept().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Returns how many there may be. */
    public int most() {
        return library.most();
    }

    /** Returns where a concept's CAV comes from, as it was recorded. */
    public JsonNode fit(FittedConcept concept) {
        return stager.journal().of(concept.record());
    }

    /** Returns every recorded fit of a concept, oldest first. */
    public List<JsonNode> fits(ConceptId name) {
        return stager.journal().of(name);
    }

    /**
     * Adds or replaces a concept; series of others go on.
     *
     * @throws AuditException {@code BAD_DATA} if the examples are no good
     */
    public synchronized ConceptChange put(ConceptUpload upload) {
        ConceptExamples examples = library.read(upload);
        LibraryConcept concept = library.describe(upload, examples, clock.instant());
        Optional<LibraryConcept> before = library.find(upload.name());
        if (before.filter(concept::sameUpload).isPresent()
                && versions.audited().find(upload.name()).isPresent()) {
            return ConceptChange.UNCHANGED;
        }
        versions.change(
                live -> stager.with(live, concept, examples),
                () -> library.keep(concept, examples));
        return before.isPresent() ? ConceptChange.REPLACED : ConceptChange.ADDED;
    }

    /**
     * Deletes an uploaded concept; one the configuration declares holds again as declared.
     *
     * @throws AuditException {@code NOT_FOUND} for an unknown concept, {@code FAILED_PRECONDITION}
     *     for one that was not uploaded
     */
    public synchronized void remove(ConceptId name) {
        library.requireUpload(name);
        versions.change(
                live ->
                        library.declared(name)
                                .map(c -> stager.with(live, c, library.declaredExamples(name)))
                                .orElseGet(() -> stager.without(live, name)),
                () -> library.remove(name));
    }

    /** What serves, and how that is changed. */
    interface Versions {
        /** Returns the concepts of what serves. */
        ConceptSet audited();

        /**
         * Switches every version in memory to what {@code staging} makes of it, once {@code keep}
         * has run; neither if one of them fails.
         */
        void change(UnaryOperator<Staged> staging, Runnable keep);
    }
}
