package org.plumbline.core.instrument;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a copy written for audits offers. Immutable.
 *
 * @param logitsOnly whether {@code forward} returns the logits and nothing else
 * @param crossing tensors that cross from the layer to the head behind it, the layer's value
 *     included; empty where the model cannot be split there
 * @param unmitigable why it cannot answer with the layer projected; empty where it can
 */
public record AuditCopy(boolean logitsOnly, OptionalInt crossing, Optional<String> unmitigable) {}
