/**
 * The concepts of one model: their examples, the library that keeps them, how they were fitted.
 * Uses config.
 */
@NullMarked
package org.plumbline.plugin.concept;

import org.jspecify.annotations.NullMarked;
