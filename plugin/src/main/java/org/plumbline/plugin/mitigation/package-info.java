/** Projections that the served model answers with for a time. Uses intercept and metrics. */
@NullMarked
package org.plumbline.plugin.mitigation;

import org.jspecify.annotations.NullMarked;
