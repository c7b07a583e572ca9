/**
 * Whether a concept's numbers differ from those of random directions: pools of random CAVs, tests,
 * corrections for many tests, effect sizes. Uses sensitivity.
 */
@NullMarked
package org.plumbline.core.significance;

import org.jspecify.annotations.NullMarked;
