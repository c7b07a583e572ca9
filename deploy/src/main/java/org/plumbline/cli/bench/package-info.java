/** Measurements of what the audit and the correction cost; run by hand, never as a test. */
@NullMarked
package org.plumbline.cli.bench;

import org.jspecify.annotations.NullMarked;
