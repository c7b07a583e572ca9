package org.plumbline.core.instrument;

import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.model.LayerPath;

import java.util.Optional;

/**
 * What an archive that explains itself needs besides the gradient methods. Immutable.
 *
 * @param activation what replaces its ReLUs in everything that is added; empty: nothing
 * @param lrp rules of LRP; empty: no LRP
 * @param layer where relevance is read; empty: at the input
 */
public record ExplanationPlan(
        Optional<ActivationSwap> activation,
        Optional<LrpComposite> lrp,
        Optional<LayerPath> layer) {}
