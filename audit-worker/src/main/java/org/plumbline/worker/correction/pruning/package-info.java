/** Debiased contrastive weight pruning: gates on weights, mining, losses. Uses training. */
@NullMarked
package org.plumbline.worker.correction.pruning;

import org.jspecify.annotations.NullMarked;
