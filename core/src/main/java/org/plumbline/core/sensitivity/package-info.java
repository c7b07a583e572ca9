/** Directional derivatives and the TCAV family. Uses cav. */
@NullMarked
package org.plumbline.core.sensitivity;

import org.jspecify.annotations.NullMarked;
