/** The audit thread: bounded queue to windows to published snapshots. Uses intercept. */
@NullMarked
package org.plumbline.plugin.pipeline;

import org.jspecify.annotations.NullMarked;
