package org.plumbline.core.instrument;

import org.plumbline.core.model.LayerPath;

import java.util.List;
import java.util.Optional;

/**
 * Which training methods an archive gets. Immutable.
 *
 * @param probe layer whose sensitivity is penalised; empty: cross-entropy alone
 * @param cut layer after which the model is split, the probe or one behind it; empty: no split
 * @param trainable attribute paths of the parameters to train, at least one
 * @param wholeGraph whether gradients also reach parameters up to the cut
 * @param dropout whether dropout layers of scripted modules are active; traced ones have the choice
 *     baked in
 */
public record TrainingPlan(
        Optional<LayerPath> probe,
        Optional<LayerPath> cut,
        Objective objective,
        Optimizer optimizer,
        List<String> trainable,
        boolean wholeGraph,
        boolean dropout) {
    /** Copies the list. */
    public TrainingPlan {
        trainable = List.copyOf(trainable);
        if (trainable.isEmpty()) {
            throw new IllegalArgumentException("trainable: none (expected: parameters)");
        }
        if ((cut.isEmpty() || probe.isEmpty()) && objective instanceof Objective.RrClarc) {
            throw new IllegalArgumentException("probe: none (expected: a layer for rr-clarc)");
        }
    }

    /**
     * Returns whether the penalty is read behind the probe, along tangents: the directions in which
     * the tensor at the cut moves when the probe moves along a concept at every location. They are
     * constants of the samples while everything between probe and cut is frozen, so the penalty
     * needs no pass through what lies between.
     */
    public boolean alongTangents() {
        return probe.isPresent() && !probe.equals(cut);
    }
}
