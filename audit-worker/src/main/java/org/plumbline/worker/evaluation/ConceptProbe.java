package org.plumbline.worker.evaluation;

import org.plumbline.core.cav.Cav;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.Pooling;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The concept a model is measured on. Immutable.
 *
 * @param cav fitted on the original model, so that before and after measure the same direction
 * @param targetClass class whose logit is differentiated; empty: each row's label
 * @param pooling of activations over locations, as the CAV was fitted
 * @param quality of the CAV on the rows it was fitted to
 */
public record ConceptProbe(
        Cav cav, OptionalInt targetClass, Pooling pooling, Optional<CavQuality> quality) {}
