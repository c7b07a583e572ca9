/**
 * Runs instrumented archives; the only package of core that touches native arrays. Uses instrument
 * and tensor.
 */
@NullMarked
package org.plumbline.core.tap;

import org.jspecify.annotations.NullMarked;
