/** Finds the calls that reach a layer and edits copies of methods. Uses torchscript. */
@NullMarked
package org.plumbline.core.instrument.edit;

import org.jspecify.annotations.NullMarked;
