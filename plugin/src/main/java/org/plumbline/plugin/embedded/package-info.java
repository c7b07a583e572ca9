/** The embedded host: one process, DJL predictors, the same plugin. Uses host. */
@NullMarked
package org.plumbline.plugin.embedded;

import org.jspecify.annotations.NullMarked;
