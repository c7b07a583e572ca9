package org.plumbline.worker.correction;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.TrainableModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * Tries on every cached row what a head does with the probe's value: one that sees only the means
 * of its channels, or whose logits move along the concepts by the same amount at every row, is
 * cheaper to train. Confined to one thread; borrows everything.
 */
final class HeadTrial {
    private static final Logger LOG = LoggerFactory.getLogger(HeadTrial.class);
    static final int BATCH = 64;
    private static final double TOLERANCE = 1e-5; // of the largest logit: float32 sums

    private final CorrectionRun run;
    private final NativeOperators operators;
    private final TrainableModel model;

    /**
     * Makes one.
     *
     * @param model as it is trained, split at the probe
     */
    HeadTrial(CorrectionRun run, NativeOperators operators, TrainableModel model) {
        this.run = run;
        this.operators = operators;
        this.model = model;
    }

    /**
     * Returns whether the head gives the same logits, to the bit, when maps {@code [n, d, h, w]}
     * are replaced by the means of their channels.
     *
     * @param rows how many to try at most
     */
    boolean pools(NDList values, long rows) {
        Shape shape = values.get(0).getShape();
        return values.size() == 1
                && shape.dimension() == 4
                && locations(values) > 1
                && always(Math.min(rows, shape.get(0)), at -> poolsAt(values, at));
    }

    /** Returns the number of locations of maps. */
    static long locations(NDList maps) {
        return maps.get(0).getShape().slice(2).size();
    }

    private boolean poolsAt(NDList values, NDArray rows) {
        NDManager unit = rows.getManager();
        NDList state = operators.rows(unit, values, rows);
        run.seed(); // the same dropout behind the pooling for both
        NDArray whole = model.head(new NDList(state));
        run.seed();
        try {
            return whole.contentEquals(model.head(new NDList(pooled(unit, state))));
        } catch (EngineException e) { // it needs maps of one size
            LOG.debug("the head takes no pooled values: {}", e.getMessage());
            return false;
        }
    }

    /** Returns the means of the channels, {@code [n, d, 1, 1]}. */
    NDArray pooled(NDManager unit, NDList values) {
        return operators.callOne(
                "plumbline_rr_clarc_pooled", Operands.in(unit).tensor(values.get(0)));
    }

    /**
     * Returns whether the logits move along the concepts by the same amount at all rows: each row
     * is moved as far as values get, where a head that bends shows it, as does one with dropout.
     *
     * @param least the same values or, where the head may pool them, their means
     * @param affine reads the amount
     */
    boolean isAffine(NDList values, NDList least, ProbeReader affine) {
        try (NDManager outer = operators.newUnit()) {
            NDList first = operators.rows(outer, least, outer.create(new long[] {0}));
            NDArray moved = affine.fromCut(outer, first).along();
            long n = values.get(0).getShape().get(0);
            return always(n, at -> isAffineAt(at, values, least, affine.moves(), moved));
        }
    }

    private boolean isAffineAt(
            NDArray rows, NDList values, NDList least, NDArray moves, NDArray moved) {
        NDManager unit = rows.getManager();
        NDList here = operators.rows(unit, values, rows);
        NDList there = operators.rows(unit, least, rows);
        NDList far =
                operators.call(
                        "plumbline_rr_clarc_far",
                        Operands.in(unit).tensor(there.get(0)).tensor(moves));
        NDList state = new NDList(far.get(0));
        state.addAll(there.subNDList(1));
        NDArray deviation =
                operators.callOne(
                        "plumbline_rr_clarc_deviation",
                        Operands.in(unit)
                                .tensor(model.head(here))
                                .tensor(moved)
                                .tensor(model.head(state))
                                .tensor(far.get(1)));
        return deviation.toFloatArray()[0] <= TOLERANCE;
    }

    private boolean always(long n, Predicate<NDArray> trial) {
        for (long from = 0; from < n; from += BATCH) {
            try (NDManager unit = operators.newUnit()) {
                long[] rows = LongStream.range(from, Math.min(n, from + BATCH)).toArray();
                if (!trial.test(unit.create(rows))) {
                    return false;
                }
            }
        }
        return true;
    }
}
