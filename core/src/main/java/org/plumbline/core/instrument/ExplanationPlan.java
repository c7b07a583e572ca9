package org.plumbline.core.instrument;

import org.plumbline.core.instrument.relevance.ActivationSwap;

import java.util.Optional;

/**
 * What an archive that explains itself needs besides the gradient methods. Immutable.
 *
 * @param activation what replaces its ReLUs in everything that is added; empty: nothing
 */
public record ExplanationPlan(Optional<ActivationSwap> activation) {}
