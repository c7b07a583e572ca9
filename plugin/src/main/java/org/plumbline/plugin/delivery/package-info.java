/** Checkpoints: verify, load beside, compare, swap, roll back. Uses repair and metrics. */
@NullMarked
package org.plumbline.plugin.delivery;

import org.jspecify.annotations.NullMarked;
