package org.plumbline.core.instrument;

/** What an archive that explains itself needs besides the gradient methods. Immutable. */
public record ExplanationPlan() {}
