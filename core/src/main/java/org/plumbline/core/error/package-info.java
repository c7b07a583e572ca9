/** Failures with a code that every outside interface maps the same way. Uses nothing of ours. */
@NullMarked
package org.plumbline.core.error;

import org.jspecify.annotations.NullMarked;
