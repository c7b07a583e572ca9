/**
 * Watches live explanations for manipulation: inputs of audited requests are collected, examined
 * window by window on a thread of their own within a budget, and judged. Uses delivery, metrics.
 */
@NullMarked
package org.plumbline.plugin.fairwashing;

import org.jspecify.annotations.NullMarked;
