package org.plumbline.worker.dataset;

import org.plumbline.core.model.Digest;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the worker knows of an uploaded data set without reading it. Immutable.
 *
 * @param id 1 to 64 characters of {@code [a-z0-9-]}
 * @param sha256 digest of the uploaded zip
 * @param sizeBytes size of the zip
 * @param content present once everything arrived and was checked
 */
public record DatasetInfo(
        String id, String sha256, long sizeBytes, Instant createTime, Optional<Summary> content) {
    /**
     * What was found inside. Immutable.
     *
     * @param folder where the files lie below the data set's folder
     * @param classes largest label plus one
     */
    public record Summary(
            String folder, int rows, int testRows, int classes, List<String> concepts) {
        /** Copies the concepts. */
        public Summary {
            concepts = List.copyOf(concepts);
        }
    }

    /** Returns the digest of the uploaded zip. */
    public Digest digest() {
        return new Digest(sha256);
    }

    /** Returns the resource name, {@code datasets/{id}}. */
    public String name() {
        return DatasetStore.COLLECTION + id;
    }

    DatasetInfo completed(Summary summary) {
        return new DatasetInfo(id, sha256, sizeBytes, createTime, Optional.of(summary));
    }
}
