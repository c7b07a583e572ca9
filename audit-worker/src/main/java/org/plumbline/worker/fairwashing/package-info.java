/**
 * Attacks on explanations, to test detectors with: archives that answer as their teacher and
 * explain themselves by a picture. Uses training. Nothing made here is delivered to servers.
 *
 * <p>Source: Anders et al., "Fairwashing Explanations with Off-Manifold Detergent", ICML 2020.
 */
@NullMarked
package org.plumbline.worker.fairwashing;

import org.jspecify.annotations.NullMarked;
