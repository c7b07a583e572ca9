package org.plumbline.plugin.concept;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.ConceptSpec;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The concepts of one model: those the configuration declares, and those that were uploaded, which
 * go before declared ones of the same name. Examples of uploads stay on disk. What the library
 * holds may be asked by any thread; reading examples and changes are confined to one at a time.
 */
public final class ConceptLibrary {
    /** Concepts a model has at most, or fewer if it follows fewer series. */
    public static final int MOST_CONCEPTS = 256;

    /** Bytes that the examples of all uploads take at most, as model inputs. */
    public static final long MOST_BYTES = 2L << 30;

    private final Map<ConceptId, ConceptExamples> declared = new LinkedHashMap<>();
    private final ExampleReader reader;
    private final ConceptStore store;
    private final int most;
    private volatile Map<ConceptId, LibraryConcept> concepts = Map.of();

    private ConceptLibrary(ExampleReader reader, ConceptStore store, int most) {
        this.reader = reader;
        this.store = store;
        this.most = most;
    }

    /**
     * Reads the declared examples and lists the uploads kept in a folder.
     *
     * @param maxSeries a concept beyond these could never be followed
     * @throws AuditException {@code BAD_DATA} naming a declared concept, the file and the rule
     */
    public static ConceptLibrary open(
            List<ConceptSpec> specs, ExampleReader reader, Path folder, int maxSeries) {
        int most = Math.min(MOST_CONCEPTS, maxSeries);
        ConceptLibrary library =
                new ConceptLibrary(reader, new ConceptStore(folder), Math.max(most, specs.size()));
        Map<ConceptId, LibraryConcept> found = new LinkedHashMap<>();
        for (ConceptSpec spec : specs) {
            ConceptExamples examples = reader.read(spec);
            library.declared.put(spec.name(), examples);
            found.put(spec.name(), library.declared(examples));
        }
        library.store.all().forEach(s -> found.put(s.name(), library.uploaded(s)));
        library.concepts = found;
        return library;
    }

    /** Returns the concepts: declared ones in their order, then others as they came. */
    public List<LibraryConcept> concepts() {
        return List.copyOf(concepts.values());
    }

    /** Returns the concept of a name. */
    public Optional<LibraryConcept> find(ConceptId name) {
        return Optional.ofNullable(concepts.get(name));
    }

    /** Returns how many concepts there may be. */
    public int most() {
        return most;
    }

    /** Returns up to {@code count} model inputs {@code [n, c, h, w]}, the same ones each time. */
    public FloatTensor sample(int count) {
        FloatTensor inputs = declared.values().iterator().next().positives().inputs();
        return inputs.slice(0, Math.min(count, inputs.rows()));
    }

    /**
     * Returns the examples of a concept.
     *
     * @throws AuditException {@code BAD_DATA} if the file of an upload is damaged
     */
    public ConceptExamples examples(LibraryConcept concept) {
        return concept.upload().map(store::read).orElseGet(() -> declaredExamples(concept.name()));
    }

    /**
     * Returns the examples the configuration declares for a name.
     *
     * @throws AuditException {@code NOT_FOUND} if it does not declare it
     */
    public ConceptExamples declaredExamples(ConceptId name) {
        return Optional.ofNullable(declared.get(name)).orElseThrow(() -> unknown("concept", name));
    }

    /**
     * Returns the concept of a name.
     *
     * @throws AuditException {@code NOT_FOUND} if there is none
     */
    public LibraryConcept require(ConceptId name) {
        return find(name).orElseThrow(() -> unknown("concept", name));
    }

    /**
     * Reads an upload without keeping it.
     *
     * @throws AuditException {@code BAD_DATA} naming the entry and the rule it breaks; {@code
     *     NOT_FOUND} if it takes the negatives of an unknown concept; {@code FAILED_PRECONDITION}
     *     if there are too many concepts
     */
    public ConceptExamples read(ConceptUpload upload) {
        ConceptId name = upload.name();
        if (!concepts.containsKey(name) && concepts.size() >= most) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "concepts",
                    concepts.size() + 1,
                    "at most " + most + ", the smaller of " + MOST_CONCEPTS + " and max-series");
        }
        UploadReader.Sides sides = sides(upload);
        FitSettings before =
                find(name).map(c -> c.content().settings()).orElse(FitSettings.STANDARD);
        ConceptExamples examples =
                new ConceptExamples(
                        name,
                        sides.positives().orElseThrow(() -> missing(name, "positives")),
                        negatives(upload, sides),
                        upload.settings(before));
        requireRoom(examples);
        return examples;
    }

    /** Returns what an upload would be in the library. */
    public LibraryConcept describe(ConceptUpload upload, ConceptExamples examples, Instant at) {
        return uploaded(
                new StoredConcept(
                        upload.name(),
                        examples.content(),
                        Digest.of(upload.body()),
                        upload.negatives(),
                        examples.bytes(),
                        at));
    }

    /**
     * Keeps an upload that has been fitted.
     *
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if it cannot be written; nothing changed
     */
    public void keep(LibraryConcept concept, ConceptExamples examples) {
        store.write(concept.upload().orElseThrow(), examples);
        Map<ConceptId, LibraryConcept> next = new LinkedHashMap<>(concepts);
        next.put(concept.name(), concept);
        concepts = next;
    }

    /** Returns a declared concept as the configuration has it. */
    public Optional<LibraryConcept> declared(ConceptId name) {
        return Optional.ofNullable(declared.get(name)).map(this::declared);
    }

    /**
     * Checks that an upload of a name can be deleted.
     *
     * @throws AuditException {@code NOT_FOUND} for an unknown concept, {@code FAILED_PRECONDITION}
     *     for one that only the configuration declares
     */
    public void requireUpload(ConceptId name) {
        if (require(name).upload().isEmpty()) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "concept",
                    name + ": declared in plumbline.yaml",
                    "an uploaded concept");
        }
    }

    /**
     * Deletes an upload; a declared concept of its name holds again.
     *
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if the file cannot be removed
     */
    public void remove(ConceptId name) {
        store.remove(name);
        Map<ConceptId, LibraryConcept> next = new LinkedHashMap<>(concepts);
        declared(name).ifPresentOrElse(c -> next.put(name, c), () -> next.remove(name));
        concepts = next;
    }

    private Examples negatives(ConceptUpload upload, UploadReader.Sides sides) {
        if (upload.negatives().isEmpty()) {
            return sides.negatives().orElseThrow(() -> missing(upload.name(), "negatives"));
        }
        ConceptId other = upload.negatives().get();
        if (sides.negatives().isPresent()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "negatives",
                    other,
                    "no negatives in the body, or no such parameter");
        }
        LibraryConcept from = find(other).orElseThrow(() -> unknown("negatives", other));
        return examples(from).negatives();
    }

    private void requireRoom(ConceptExamples fresh) {
        long used = fresh.bytes();
        List<LibraryConcept> others = new ArrayList<>(concepts.values());
        others.removeIf(c -> c.name().equals(fresh.name()));
        for (LibraryConcept other : others) {
            used += other.upload().map(StoredConcept::bytes).orElse(0L);
        }
        if (used > MOST_BYTES) {
            throw AuditException.of(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "uploaded examples",
                    used + " bytes as model inputs",
                    "at most " + MOST_BYTES + " for a model");
        }
    }

    private LibraryConcept declared(ConceptExamples examples) {
        return new LibraryConcept(examples.name(), examples.content(), true, Optional.empty());
    }

    private LibraryConcept uploaded(StoredConcept stored) {
        return new LibraryConcept(
                stored.name(),
                stored.content(),
                declared.containsKey(stored.name()),
                Optional.of(stored));
    }

    private UploadReader.Sides sides(ConceptUpload upload) {
        try {
            return UploadReader.read(upload.body(), reader);
        } catch (AuditException e) {
            throw new AuditException(
                    e.code(), "concept " + upload.name() + ": " + e.getMessage(), e);
        }
    }

    private static AuditException missing(ConceptId name, String side) {
        return AuditException.of(
                ErrorCode.BAD_DATA,
                "concept " + name + ": " + side,
                "none",
                side + "/ with images, or " + side + ".npy");
    }

    private AuditException unknown(String field, ConceptId name) {
        return AuditException.of(ErrorCode.NOT_FOUND, field, name, "one of " + concepts.keySet());
    }
}
