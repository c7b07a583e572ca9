package org.plumbline.plugin.pipeline;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.plugin.intercept.ServedId;

/** One concept at one layer, whatever the class: its prevalence in the inputs. Immutable. */
public record ConceptKey(ServedId id, LayerPath layer, ConceptId concept) implements DriftKey {}
