package org.plumbline.plugin.intercept;

import org.plumbline.core.cav.MeanLengths;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.drift.ConceptPresence;
import org.plumbline.core.tap.Sensitivities;

import java.util.Optional;

/**
 * Tells whether an audited input carries a concept. Immutable.
 *
 * @param nearer compares projections with the examples'; empty where theirs do not differ, then no
 *     input carries it
 * @param max whether channels are pooled by their maximum over locations, else by their mean
 */
public record PresenceRule(Optional<ConceptPresence> nearer, boolean max) {
    /** Makes the rule of a CAV from the mean projections of its examples and their pooling. */
    public static PresenceRule of(MeanLengths lengths, Pooling pooling) {
        Optional<ConceptPresence> nearer =
                lengths.clean() == lengths.artifact()
                        ? Optional.empty()
                        : Optional.of(new ConceptPresence(lengths.clean(), lengths.artifact()));
        return new PresenceRule(nearer, pooling == Pooling.MAX);
    }

    /** Returns 1 if sample {@code i} carries concept {@code k}, else 0. */
    float of(Sensitivities read, int i, int k) {
        double projection = read.projection(i, k, max);
        return nearer.map(n -> (float) n.of(projection)).orElse(0f);
    }
}
