/**
 * Honest twins of a model: networks of its architecture taught its outputs, whose explanations
 * nobody has touched. Uses training.
 */
@NullMarked
package org.plumbline.worker.twin;

import org.jspecify.annotations.NullMarked;
