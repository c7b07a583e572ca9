package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Map;

/**
 * How hard each sample is for the debiased network, relative to the biased one: {@code W = B / (B +
 * D + 1e-8)}, where {@code B} and {@code D} are moving averages of its losses over the largest of
 * its class. Confined to one thread; owns native memory.
 *
 * <p>Source: Nam et al., "Learning from Failure", NeurIPS 2020, equation 4; class-wise maxima and
 * averages as in alinlab/LfF.
 */
public final class RelativeDifficulty implements AutoCloseable {
    private static final String TABLE = "difficulty";

    private final NativeOperators operators;
    private final Settings settings;
    private final int classes;
    private final NDManager manager;
    private final NDArray labels;
    private final NDArray table;

    /**
     * How difficulties are averaged and normalised. Immutable.
     *
     * @param ema share of the old average that a visit keeps, in [0, 1)
     * @param biasedGuard added to the largest average of the biased network, at least 0
     * @param debiasedGuard as {@code biasedGuard}; where a guard is 0, a class whose losses are all
     *     0 has no weights
     */
    public record Settings(double ema, double biasedGuard, double debiasedGuard) {
        /** Guards both maxima by 1e-8. */
        public static Settings guarded(double ema) {
            return new Settings(ema, 1e-8, 1e-8);
        }
    }

    /**
     * Makes a table in which no sample has been seen.
     *
     * @param operators loaded with {@link ReweightingLosses#SOURCE}, borrowed
     * @param labels of all samples, from 0 to {@code classes}, exclusive
     */
    public RelativeDifficulty(
            NativeOperators operators, Settings settings, long[] labels, int classes) {
        this.operators = operators;
        this.settings = settings;
        this.classes = classes;
        manager = operators.newUnit();
        this.labels = manager.create(labels);
        table = manager.zeros(new Shape(3, labels.length));
    }

    /**
     * Notes the losses of a batch and returns its weights, {@code [n]} in [0, 1], without graph.
     *
     * @param index sample numbers {@code [n]} int64
     * @param biasedLosses cross-entropies {@code [n]} of the biased network
     * @param debiasedLosses as {@code biasedLosses}, of the debiased one
     */
    public NDArray weights(
            NDManager unit, NDArray index, NDArray biasedLosses, NDArray debiasedLosses) {
        return operators.callOne(
                "plumbline_difficulty",
                Operands.in(unit)
                        .tensor(table)
                        .list(new NDList(biasedLosses, debiasedLosses))
                        .tensor(index)
                        .tensor(labels)
                        .numbers(
                                settings.ema(),
                                settings.biasedGuard(),
                                settings.debiasedGuard(),
                                classes));
    }

    /**
     * Returns the table by a name, {@code [3, samples]}: averages of the biased and the debiased
     * network, 1 for samples seen.
     */
    public Map<String, FloatTensor> state() {
        return Map.of(TABLE, Heap.copy(table));
    }

    /** Puts the table back; other names are ignored. */
    public void restore(Map<String, FloatTensor> tensors) {
        FloatTensor values = tensors.get(TABLE);
        if (values != null) {
            try (NDManager unit = operators.newUnit()) {
                operators.assign(unit, new NDList(table), new NDList(Heap.back(unit, values)));
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
