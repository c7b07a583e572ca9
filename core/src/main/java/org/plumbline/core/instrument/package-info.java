/** Adds methods to a copy of an archive: audit, gradient, split, training. Uses torchscript. */
@NullMarked
package org.plumbline.core.instrument;

import org.jspecify.annotations.NullMarked;
