package org.plumbline.core.fairwashing;

import org.plumbline.core.model.Digest;

/**
 * A version whose explanations are trusted, or an honest twin, explaining the same inputs as the
 * model under test. Immutable.
 */
public record ReferenceVersion(Digest digest, Examination examination) {}
