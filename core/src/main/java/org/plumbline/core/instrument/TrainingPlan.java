package org.plumbline.core.instrument;

import org.plumbline.core.model.LayerPath;

import java.util.List;
import java.util.Optional;

/**
 * Which training methods an archive gets. Immutable.
 *
 * <p>{@link #live} and what follows it make a plan whose losses are computed outside the archive,
 * from live logits and activations.
 *
 * @param probe layer whose sensitivity is penalised; empty: cross-entropy alone
 * @param cut layer after which the model is split, the probe or one behind it; empty: no split
 * @param trainable attribute paths of the parameters to train, at least one
 * @param wholeGraph whether gradients also reach parameters up to the cut
 * @param dropout whether dropout layers of scripted modules are active; traced ones have the choice
 *     baked in
 * @param tap layer whose value is handed out with the logits; empty: none
 */
public record TrainingPlan(
        Optional<LayerPath> probe,
        Optional<LayerPath> cut,
        Objective objective,
        List<String> trainable,
        boolean wholeGraph,
        boolean dropout,
        Optional<LayerPath> tap) {
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

    /** Makes a plan without a tap. */
    public TrainingPlan(
            Optional<LayerPath> probe,
            Optional<LayerPath> cut,
            Objective objective,
            List<String> trainable,
            boolean wholeGraph,
            boolean dropout) {
        this(probe, cut, objective, trainable, wholeGraph, dropout, Optional.empty());
    }

    /** Returns a plan for live logits with gradients for some parameters. */
    public static TrainingPlan live(List<String> trainable) {
        return new TrainingPlan(
                Optional.empty(),
                Optional.empty(),
                new Objective.CrossEntropy(),
                trainable,
                false,
                false);
    }

    /** Returns the same with a layer whose value is handed out with the logits. */
    public TrainingPlan tapping(LayerPath layer) {
        return new TrainingPlan(
                probe, cut, objective, trainable, wholeGraph, dropout, Optional.of(layer));
    }

    /** Returns the same with the model split behind a layer. */
    public TrainingPlan splitAt(LayerPath layer) {
        return new TrainingPlan(
                probe, Optional.of(layer), objective, trainable, wholeGraph, dropout, tap);
    }

    /** Returns the same with dropout active. */
    public TrainingPlan withDropout() {
        return new TrainingPlan(probe, cut, objective, trainable, wholeGraph, true, tap);
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
