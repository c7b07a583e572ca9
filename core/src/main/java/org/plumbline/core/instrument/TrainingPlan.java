package org.plumbline.core.instrument;

import org.plumbline.core.model.LayerPath;

import java.util.List;
import java.util.Optional;

/**
 * Which training methods an archive gets. Losses and updates are computed outside of it, from live
 * logits and activations. Immutable.
 *
 * @param trainable attribute paths of the parameters to train, at least one
 * @param cut layer after which the model is split; empty: no split
 * @param tangents layer before the cut whose moves are carried to the cut: the directions in which
 *     the tensor at the cut moves when this layer moves along a concept at every location,
 *     constants of the samples while everything between them is frozen; empty: none
 * @param tap layer whose value is handed out with the logits; empty: none
 * @param dropout whether dropout layers of scripted modules are active; traced ones have the choice
 *     baked in
 */
public record TrainingPlan(
        List<String> trainable,
        Optional<LayerPath> cut,
        Optional<LayerPath> tangents,
        Optional<LayerPath> tap,
        boolean dropout) {
    /** Copies the list. */
    public TrainingPlan {
        trainable = List.copyOf(trainable);
        if (trainable.isEmpty()) {
            throw new IllegalArgumentException("trainable: none (expected: parameters)");
        }
        if (tangents.isPresent() && cut.isEmpty()) {
            throw new IllegalArgumentException(
                    "cut: none (expected: a layer behind the tangents')");
        }
    }

    /** Returns a plan for live logits with gradients for some parameters. */
    public static TrainingPlan live(List<String> trainable) {
        return new TrainingPlan(
                trainable, Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /** Returns the same with a layer whose value is handed out with the logits. */
    public TrainingPlan tapping(LayerPath layer) {
        return new TrainingPlan(trainable, cut, tangents, Optional.of(layer), dropout);
    }

    /** Returns the same with the model split behind a layer. */
    public TrainingPlan splitAt(LayerPath layer) {
        return new TrainingPlan(trainable, Optional.of(layer), tangents, tap, dropout);
    }

    /** Returns the same with the moves of a layer before the cut carried to it. */
    public TrainingPlan withTangentsOf(LayerPath layer) {
        return new TrainingPlan(trainable, cut, Optional.of(layer), tap, dropout);
    }

    /** Returns the same with dropout active. */
    public TrainingPlan withDropout() {
        return new TrainingPlan(trainable, cut, tangents, tap, true);
    }
}
