/** Change detection between a stored baseline and the live stream. Uses window. */
@NullMarked
package org.plumbline.core.drift;

import org.jspecify.annotations.NullMarked;
