/** Audit data sets: reading, checks, splits, and those uploaded. Uses store. */
@NullMarked
package org.plumbline.worker.dataset;

import org.jspecify.annotations.NullMarked;
