/** Accepted checkpoints to every server that serves their model. Uses gate. */
@NullMarked
package org.plumbline.worker.delivery;

import org.jspecify.annotations.NullMarked;
