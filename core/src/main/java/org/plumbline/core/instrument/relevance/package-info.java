/** Layer-wise relevance propagation by rewriting a flat copy of forward. Uses edit. */
@NullMarked
package org.plumbline.core.instrument.relevance;

import org.jspecify.annotations.NullMarked;
