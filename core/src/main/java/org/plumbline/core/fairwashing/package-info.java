/**
 * Tangent spaces of the data manifold, how alike explanations are, and detectors of manipulated
 * ones with the test that combines them. Uses explain, significance.
 *
 * <p>Source: Anders et al., "Fairwashing Explanations with Off-Manifold Detergent", ICML 2020.
 */
@NullMarked
package org.plumbline.core.fairwashing;

import org.jspecify.annotations.NullMarked;
