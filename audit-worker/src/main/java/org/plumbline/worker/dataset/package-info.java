/** Audit data sets: groups, splits, checks. Uses config. */
@NullMarked
package org.plumbline.worker.dataset;

import org.jspecify.annotations.NullMarked;
