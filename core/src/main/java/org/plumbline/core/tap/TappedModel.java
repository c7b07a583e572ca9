package org.plumbline.core.tap;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;

import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.List;

/**
 * A TorchScript archive loaded with audit methods at one layer; its {@code forward} is unchanged.
 *
 * <p>Loading checks the file, writes an instrumented copy to the work directory and loads that.
 * Thread-safe. Owns native memory: close it when no call is under way.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class TappedModel implements AutoCloseable {
    private TappedModel() {}

    /**
     * Checks, instruments and loads an archive.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} or {@code
     *     LAYER_NOT_TAPPABLE} with the reason, naming near matches of a wrong path
     */
    public static TappedModel load(Path archive, TapSpec spec) {
        throw new UnsupportedOperationException(archive + " " + spec);
    }

    /** Returns the digest of the original archive. */
    public Digest digest() {
        throw new UnsupportedOperationException();
    }

    /** Returns the tapped layer. */
    public LayerPath layer() {
        throw new UnsupportedOperationException();
    }

    /** Returns the loaded module as a block, for hosts to describe inputs; borrowed. */
    public Block block() {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs {@code forward} as the engine would without us.
     *
     * @param inputs borrowed; the result hangs on the manager of the first input
     */
    public NDList forward(NDList inputs) {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns concept vectors on this model's device, to pass to {@link #audit}.
     *
     * @param cavs unit vectors, all of one dimension {@code d}; at least one
     */
    public CavBank bank(List<DenseVector> cavs) {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs the audit method in place of {@code forward}.
     *
     * @param inputs one image batch, borrowed; the outputs hang on its manager
     * @param target class whose logit is differentiated; negative: the class of the largest logit
     * @return outputs bit-identical to {@link #forward} and the sensitivities
     */
    public AuditedBatch audit(NDList inputs, CavBank bank, int target) {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns logits, activation and gradient of a batch on the heap.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param target class whose logit is differentiated; negative: the class of the largest logit
     */
    public TapReading read(FloatTensor inputs, int target) {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns the logits {@code [n, classes]} of {@code [n, c, h, w]} inputs, in batches.
     *
     * @param batch samples per call of the engine
     */
    public FloatTensor logits(FloatTensor inputs, int batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
