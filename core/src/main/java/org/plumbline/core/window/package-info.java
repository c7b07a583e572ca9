/** Bounded estimates over a stream of sensitivities, with error bars. Uses sensitivity. */
@NullMarked
package org.plumbline.core.window;

import org.jspecify.annotations.NullMarked;
