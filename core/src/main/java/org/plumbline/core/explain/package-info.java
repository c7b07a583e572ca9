/** Heat maps from attributions, and what they say about artifacts. Uses tap and tensor. */
@NullMarked
package org.plumbline.core.explain;

import org.jspecify.annotations.NullMarked;
