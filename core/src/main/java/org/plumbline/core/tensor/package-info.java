/** Heap arrays with shapes, their NumPy files and linear algebra on them. Uses error. */
@NullMarked
package org.plumbline.core.tensor;

import org.jspecify.annotations.NullMarked;
