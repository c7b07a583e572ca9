package org.plumbline.plugin.concept;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.tensor.NpzFile;
import org.plumbline.plugin.store.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Uploaded concepts on disk, one {@code NAME.npz} each: arrays {@code positives} and {@code
 * negatives} and {@code concept.json}. A file appears complete or not at all; one that cannot be
 * read is set aside as {@code NAME.npz.corrupt}. Confined to one thread.
 */
final class ConceptStore {
    private static final Logger LOG = LoggerFactory.getLogger(ConceptStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUFFIX = ".npz";
    private static final String ABOUT = "concept.json";

    private final Path folder;

    ConceptStore(Path folder) {
        this.folder = folder;
    }

    /** Returns what is stored, oldest first. */
    List<StoredConcept> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<StoredConcept> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
                about(file).ifPresent(found::add);
            }
        } catch (IOException e) {
            LOG.error("{}: unreadable, uploaded concepts are left out: {}", folder, e.toString());
        }
        found.sort(Comparator.comparing(StoredConcept::at).thenComparing(StoredConcept::name));
        return found;
    }

    /**
     * Returns the examples of a stored concept.
     *
     * @throws AuditException {@code BAD_DATA} if the file is damaged; it is set aside
     */
    ConceptExamples read(StoredConcept concept) {
        Path file = file(concept.name());
        try {
            ConceptExamples examples =
                    new ConceptExamples(
                            concept.name(),
                            side(file, "positives"),
                            side(file, "negatives"),
                            concept.content().settings());
            if (!examples.content().equals(concept.content())) {
                throw new AuditException(
                        ErrorCode.BAD_DATA, file + ": other examples than were uploaded");
            }
            return examples;
        } catch (AuditException e) {
            SetAside.move(file, e);
            throw e;
        }
    }

    /**
     * Keeps a concept in place of an earlier one of its name.
     *
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if it cannot be written; nothing changed
     */
    void write(StoredConcept concept, ConceptExamples examples) {
        try {
            WholeFile.write(file(concept.name()), out -> write(out, concept, examples));
        } catch (IOException e) {
            throw full("concept " + concept.name() + ": cannot be written: " + e, e);
        }
    }

    private static void write(OutputStream out, StoredConcept concept, ConceptExamples examples)
            throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(Deflater.BEST_SPEED);
            zip.putNextEntry(new ZipEntry(ABOUT));
            zip.write(JSON.writeValueAsBytes(concept.json()));
            side(zip, "positives", examples.positives());
            side(zip, "negatives", examples.negatives());
        }
    }

    /**
     * Removes a concept; nothing where there is none.
     *
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if it cannot be removed
     */
    void remove(ConceptId name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw full("concept " + name + ": cannot be removed: " + e, e);
        }
    }

    private Path file(ConceptId name) {
        return folder.resolve(name.value() + SUFFIX);
    }

    private static Optional<StoredConcept> about(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry entry = zip.getEntry(ABOUT);
            if (entry == null) {
                throw new AuditException(ErrorCode.BAD_DATA, "no " + ABOUT);
            }
            StoredConcept read = StoredConcept.read(JSON.readTree(zip.getInputStream(entry)));
            if (!file.getFileName().toString().equals(read.name() + SUFFIX)) {
                throw new AuditException(ErrorCode.BAD_DATA, "that of concept " + read.name());
            }
            return Optional.of(read);
        } catch (IOException | AuditException e) {
            SetAside.move(file, e);
            return Optional.empty();
        }
    }

    private static Examples side(Path file, String array) {
        return Examples.array(
                NpzFile.readFloats(file, array, ExampleReader.MOST_BYTES), array + ".npy");
    }

    private static void side(ZipOutputStream zip, String array, Examples side) throws IOException {
        zip.putNextEntry(new ZipEntry(array + ".npy"));
        OutputStream out = zip;
        NpyFile.write(out, side.inputs());
        zip.closeEntry();
    }

    private static AuditException full(String message, IOException cause) {
        return new AuditException(ErrorCode.RESOURCE_EXHAUSTED, message, cause);
    }
}
