/** Tests of the probe with hostile archives and misbehaving children. */
@NullMarked
package org.plumbline.core.probe;

import org.jspecify.annotations.NullMarked;
