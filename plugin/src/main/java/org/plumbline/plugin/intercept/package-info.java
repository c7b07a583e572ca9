/**
 * The request path: which requests are audited, and the hand-over to the audit thread. Uses config.
 */
@NullMarked
package org.plumbline.plugin.intercept;

import org.jspecify.annotations.NullMarked;
