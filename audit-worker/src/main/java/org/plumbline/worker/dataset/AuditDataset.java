package org.plumbline.worker.dataset;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** An audit data set, checked and held on the heap. Immutable. */
@SuppressWarnings("DoNotCallSuggester")
public final class AuditDataset {
    private AuditDataset() {}

    /**
     * Reads and checks a data set folder.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} naming every problem at once
     */
    public static AuditDataset load(Path folder) {
        throw new UnsupportedOperationException(folder.toString());
    }

    /** Returns the digest over all files. */
    public Digest digest() {
        throw new UnsupportedOperationException();
    }

    /** Returns the number of samples. */
    public int rows() {
        throw new UnsupportedOperationException();
    }

    /** Returns a copy of the named samples, {@code [n, c, h, w]}. */
    public FloatTensor inputs(int... rows) {
        throw new UnsupportedOperationException(String.valueOf(rows.length));
    }

    /** Returns a copy of the labels of all rows, from 0. */
    public long[] labels() {
        throw new UnsupportedOperationException();
    }

    /** Returns the largest label plus one. */
    public int classes() {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns the rows of a split in data order; without {@code split.npy} all are training rows.
     */
    public int[] rows(Split split) {
        throw new UnsupportedOperationException(split.toString());
    }

    /** Returns the names of {@code concept_<name>.npy}. */
    public Set<ConceptId> concepts() {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns a copy of a concept's flags for all rows, 1 with the concept.
     *
     * @throws org.plumbline.core.error.AuditException {@code NOT_FOUND} naming the known concepts
     */
    public long[] concept(ConceptId concept) {
        throw new UnsupportedOperationException(concept.toString());
    }

    /** Returns a copy of the bias labels, if there are any. */
    public Optional<long[]> biasLabels() {
        throw new UnsupportedOperationException();
    }
}
