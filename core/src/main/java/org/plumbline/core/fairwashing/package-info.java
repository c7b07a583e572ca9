/**
 * Tangent spaces of the data manifold, and how alike explanations are. Uses explain.
 *
 * <p>Source: Anders et al., "Fairwashing Explanations with Off-Manifold Detergent", ICML 2020.
 */
@NullMarked
package org.plumbline.core.fairwashing;

import org.jspecify.annotations.NullMarked;
