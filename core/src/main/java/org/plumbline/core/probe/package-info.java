/**
 * Runs an archive once in a child process with limits, before it may run in ours. Uses tap, in the
 * child only.
 */
@NullMarked
package org.plumbline.core.probe;

import org.jspecify.annotations.NullMarked;
