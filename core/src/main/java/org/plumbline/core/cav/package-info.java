/** Concept activation vectors and their estimators. Uses tensor and model. */
@NullMarked
package org.plumbline.core.cav;

import org.jspecify.annotations.NullMarked;
