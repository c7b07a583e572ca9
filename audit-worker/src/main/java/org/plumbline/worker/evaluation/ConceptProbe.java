package org.plumbline.worker.evaluation;

import org.plumbline.core.cav.Cav;

import java.util.OptionalInt;

/**
 * The concept a model is measured on. Immutable.
 *
 * @param cav fitted on the original model, so that before and after measure the same direction
 * @param targetClass class whose logit is differentiated; empty: each row's label
 */
public record ConceptProbe(Cav cav, OptionalInt targetClass) {}
