package org.plumbline.core.tap;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.tensor.DenseVector;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Runs interventions: on the head behind the layer where the model can be split there and the head
 * shows what the whole model shows, through the whole model elsewhere. Thread-safe.
 */
final class Intervening {
    private static final int MOST_ROWS = 16;
    private static final int SETTLED_ROWS = 2;
    private static final double SAME = 1e-3;

    private final NativeModule module;
    private final OptionalInt crossing;
    private volatile boolean split;
    private volatile boolean batched;

    Intervening(NativeModule module, OptionalInt crossing) {
        this.module = module;
        this.crossing = crossing;
    }

    /** Returns whether the activation is all that interventions need. */
    boolean onActivation() {
        return split && crossing.orElse(0) == 1;
    }

    /** Returns whether the layers behind the tapped one run alone. */
    boolean headOnly() {
        return split;
    }

    /** Runs interventions on a batch, borrowed; the class is chosen as in audits. */
    Effects onInput(NDArray x, InterventionBank bank, NDArray target) {
        String method = split ? Instrumenter.EFFECTS_SPLIT : Instrumenter.EFFECTS;
        return run(method, x, bank, target, copies(x));
    }

    /** Runs interventions on a layer's value, borrowed. */
    Effects onActivation(NDArray a, InterventionBank bank, NDArray target) {
        return run(Instrumenter.EFFECTS_HEAD, a, bank, target, copies(a));
    }

    private int copies(NDArray rows) {
        return batched ? (int) Math.max(1, MOST_ROWS / Math.max(1, rows.getShape().get(0))) : 1;
    }

    private Effects run(
            String method, NDArray first, InterventionBank bank, NDArray target, int copies) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray given = first.duplicate();
            given.attach(unit); // results hang on it
            NDList arguments = new NDList(given);
            arguments.addAll(bank.arrays());
            arguments.add(target);
            arguments.add(unit.create(copies));
            NDList out = module.infer(method, arguments);
            return new Effects(
                    Math.toIntExact(out.get(0).getShape().get(0)),
                    bank.size(),
                    out.get(0).toFloatArray(),
                    out.get(1).toLongArray());
        }
    }

    /**
     * Finds out on a batch, of which two rows are used, whether the head alone shows the same, and
     * several copies of the batch at once.
     */
    void settle(NDArray batch, NDArray target, int channels) {
        split = false;
        batched = false;
        long rows = Math.min(SETTLED_ROWS, batch.getShape().get(0));
        try (NDManager unit = module.manager().newSubManager();
                InterventionBank bank = InterventionBank.of(unit.newSubManager(), trial(channels));
                NDArray some = batch.get("0:" + rows)) {
            Effects whole = run(Instrumenter.EFFECTS, some, bank, target, 1);
            split =
                    crossing.isPresent()
                            && same(whole, Instrumenter.EFFECTS_SPLIT, some, bank, target, 1);
            String method = split ? Instrumenter.EFFECTS_SPLIT : Instrumenter.EFFECTS;
            batched = same(whole, method, some, bank, target, bank.size());
        }
    }

    private boolean same(
            Effects whole,
            String method,
            NDArray x,
            InterventionBank bank,
            NDArray target,
            int copies) {
        try {
            return same(whole, run(method, x, bank, target, copies));
        } catch (EngineException | AuditException e) {
            return false; // exported for one batch size, or a branch the head cannot take
        }
    }

    private static boolean same(Effects a, Effects b) {
        double gap = 0;
        double size = 0;
        for (int i = 0; i < a.samples(); i++) {
            for (int j = 0; j < a.interventions(); j++) {
                gap = Math.max(gap, Math.abs(a.change(i, j) - b.change(i, j)));
                size = Math.max(size, Math.abs(a.change(i, j)));
            }
        }
        return gap <= SAME * size;
    }

    private static List<Intervention> trial(int channels) {
        SplittableRandom random = new SplittableRandom(0);
        List<Intervention> trial = new ArrayList<>();
        for (int j = 0; j < 2; j++) {
            double[] drawn = random.doubles(channels, -1, 1).toArray();
            double norm = DenseVector.copyOf(drawn).norm();
            for (int i = 0; i < channels; i++) {
                drawn[i] /= norm;
            }
            trial.add(new Intervention(DenseVector.copyOf(drawn), 1, 1, false));
        }
        return trial;
    }
}
