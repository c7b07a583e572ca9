package org.plumbline.worker.job;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to do to a model. Immutable.
 *
 * @param method name in the literature
 * @param parameters as the caller gave them
 * @param targetClass class whose logit the concept is measured on; empty: every class
 */
public record RepairRecipe(
        String method,
        SortedMap<String, String> parameters,
        Optional<LayerPath> layer,
        Optional<ConceptId> concept,
        OptionalInt targetClass) {
    /** Copies the parameters. */
    public RepairRecipe {
        parameters = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    /** Makes a recipe. */
    public static RepairRecipe of(
            String method,
            Map<String, String> parameters,
            Optional<LayerPath> layer,
            Optional<ConceptId> concept,
            OptionalInt targetClass) {
        return new RepairRecipe(method, new TreeMap<>(parameters), layer, concept, targetClass);
    }
}
