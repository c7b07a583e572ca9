/** Corrections of the literature and what runs them. Uses training. */
@NullMarked
package org.plumbline.worker.correction;

import org.jspecify.annotations.NullMarked;
