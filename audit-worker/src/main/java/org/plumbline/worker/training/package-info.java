/** The training loop: batches, optimiser, seeds, progress. Uses dataset. */
@NullMarked
package org.plumbline.worker.training;

import org.jspecify.annotations.NullMarked;
