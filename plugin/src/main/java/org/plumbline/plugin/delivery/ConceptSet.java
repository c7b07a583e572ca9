package org.plumbline.plugin.delivery;

import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tap.Intervention;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.plugin.concept.FittedConcept;
import org.plumbline.plugin.intercept.PresenceRule;
import org.plumbline.plugin.intercept.Served;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The concepts a model version is audited along, as they were fitted in it. Immutable.
 *
 * @param fitted in the order of the module's bank, at least one
 * @param unfit uploaded concepts that could not be fitted in this version, and why
 * @param fits generation since which a concept's CAV is what it is
 * @param random directions that all are compared with, drawn once for the version
 * @param changes how often the concepts were changed since the version was staged
 */
record ConceptSet(
        List<FittedConcept> fitted,
        Map<ConceptId, String> unfit,
        Map<ConceptId, Long> fits,
        RandomPool.Draw random,
        int changes) {
    ConceptSet {
        fitted = List.copyOf(fitted);
        unfit = Map.copyOf(unfit);
        fits = Map.copyOf(fits);
    }

    /** Returns the concepts of a version staged just now, all fitted for one generation. */
    static ConceptSet first(
            List<FittedConcept> fitted,
            Map<ConceptId, String> unfit,
            RandomPool.Draw random,
            long generation) {
        Map<ConceptId, Long> fits =
                fitted.stream().collect(Collectors.toMap(FittedConcept::name, f -> generation));
        return new ConceptSet(fitted, unfit, fits, random, 0);
    }

    /** Returns these with a concept added or replaced; an equal CAV stays the one it was. */
    ConceptSet with(FittedConcept fresh, long generation) {
        Optional<FittedConcept> before = find(fresh.name());
        List<FittedConcept> next = new ArrayList<>(fitted);
        before.ifPresentOrElse(b -> next.set(next.indexOf(b), fresh), () -> next.add(fresh));
        boolean same = before.filter(b -> content(b).equals(content(fresh))).isPresent();
        Map<ConceptId, Long> since = new HashMap<>(fits);
        since.merge(fresh.name(), generation, (old, now) -> same ? old : now);
        return new ConceptSet(next, other(fresh.name()), since, random, changes + 1);
    }

    /** Returns these without a concept; at least one other must be left. */
    ConceptSet without(ConceptId name) {
        List<FittedConcept> next = new ArrayList<>(fitted);
        next.removeIf(f -> f.name().equals(name));
        Map<ConceptId, Long> since = new HashMap<>(fits);
        since.remove(name);
        return new ConceptSet(next, other(name), since, random, changes + 1);
    }

    /** Returns a concept if it is fitted. */
    Optional<FittedConcept> find(ConceptId name) {
        return fitted.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    /** Returns the unit vectors of the bank: concepts, then random directions. */
    List<DenseVector> directions() {
        List<DenseVector> all = new ArrayList<>();
        fitted.forEach(f -> all.add(f.fit().direction()));
        all.addAll(random.directions());
        return all;
    }

    /** Returns the removals in the order of the concepts. */
    List<Intervention> removals() {
        return fitted.stream().map(FittedConcept::removal).toList();
    }

    /** Returns what tells which inputs carry the concepts, in their order. */
    List<PresenceRule> rules() {
        return fitted.stream().map(FittedConcept::presence).toList();
    }

    /** Returns what is told of the concepts to those who audit. */
    Served.Audit audit(long generation) {
        Map<ConceptId, CavQuality> qualities =
                fitted.stream()
                        .collect(Collectors.toMap(FittedConcept::name, FittedConcept::quality));
        List<ConceptId> names = fitted.stream().map(FittedConcept::name).toList();
        return new Served.Audit(generation, names, qualities, fits);
    }

    /** Returns what identifies each concept's CAV in a model. */
    Map<ConceptId, Digest> contents() {
        return fitted.stream().collect(Collectors.toMap(FittedConcept::name, ConceptSet::content));
    }

    private Map<ConceptId, String> other(ConceptId name) {
        Map<ConceptId, String> left = new HashMap<>(unfit);
        left.remove(name);
        return left;
    }

    private static Digest content(FittedConcept concept) {
        return concept.record().source().content().direction();
    }
}
