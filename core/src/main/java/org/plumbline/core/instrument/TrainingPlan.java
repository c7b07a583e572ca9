package org.plumbline.core.instrument;

import org.plumbline.core.model.LayerPath;

import java.util.List;
import java.util.Optional;

/**
 * Which training methods an archive gets. Immutable.
 *
 * @param cut layer after which the model is split; empty: cross-entropy on whole images only
 * @param trainable attribute paths of the parameters to train, at least one
 * @param wholeGraph whether gradients also reach parameters up to the cut
 * @param dropout whether dropout layers of scripted modules are active; traced ones have the choice
 *     baked in
 */
public record TrainingPlan(
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
        if (cut.isEmpty() && objective instanceof Objective.RrClarc) {
            throw new IllegalArgumentException("cut: none (expected: a layer for rr-clarc)");
        }
    }
}
