package org.plumbline.core.shrink;

import org.plumbline.core.instrument.channel.ShrinkPlan;
import org.plumbline.core.instrument.channel.ShrinkPlan.LayerChange;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What shrinking an archive came to. Immutable.
 *
 * @param before size of the source; empty: it was not run
 * @param after size of the result; empty: there is none that runs
 * @param layers what becomes of each layer that could be followed
 * @param left modules that keep their shape whatever they hold, with the reason
 * @param changed attribute paths of the tensors that differ
 * @param check of the answers; empty: there was nothing to compare
 * @param obstacle why the source stays, one line; empty: it is replaced
 */
public record Shrinking(
        Optional<ModelSize> before,
        Optional<ModelSize> after,
        List<LayerChange> layers,
        Map<String, String> left,
        List<String> changed,
        Optional<LogitComparison> check,
        Optional<String> obstacle) {
    private static final String NOTHING = "no channel can go";

    /** Copies the collections. */
    public Shrinking {
        layers = List.copyOf(layers);
        left = Map.copyOf(left);
        changed = List.copyOf(changed);
    }

    /** An archive that could not be planned for. */
    static Shrinking none(String obstacle) {
        return new Shrinking(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                Optional.of(obstacle));
    }

    /** A plan that removes nothing. */
    static Shrinking of(ShrinkPlan plan, ModelSize before) {
        return new Shrinking(
                Optional.of(before),
                Optional.empty(),
                plan.layers(),
                plan.left(),
                plan.changed(),
                Optional.empty(),
                Optional.of(NOTHING));
    }

    /** A plan that was carried out and checked. */
    static Shrinking of(ShrinkPlan plan, ModelSize before, ModelSize after, LogitComparison check) {
        return new Shrinking(
                Optional.of(before),
                Optional.of(after),
                plan.layers(),
                plan.left(),
                plan.changed(),
                Optional.of(check),
                check.problem().map(problem -> "it would answer differently: " + problem));
    }

    /** The same, but the result may not take the place of the source. */
    Shrinking refused(String problem) {
        return new Shrinking(before, after, layers, left, changed, check, Optional.of(problem));
    }

    /** Returns whether there was a smaller archive that failed the check. */
    public boolean refused() {
        return obstacle.isPresent() && !changed.isEmpty();
    }

    /** Returns whether the result took the place of the source. */
    public boolean isShrunk() {
        return obstacle.isEmpty();
    }
}
