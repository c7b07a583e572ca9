/** Heat maps as pictures people can read: colours, scales, overlays, sheets. Draws on the heap. */
@NullMarked
package org.plumbline.core.heatmap;

import org.jspecify.annotations.NullMarked;
