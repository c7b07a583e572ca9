/** Evaluations before and after a correction to accepted or rejected. Uses evaluation. */
@NullMarked
package org.plumbline.worker.gate;

import org.jspecify.annotations.NullMarked;
