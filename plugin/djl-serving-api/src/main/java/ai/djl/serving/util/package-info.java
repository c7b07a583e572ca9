/** Signatures of DJL Serving's Netty helpers. */
@NullMarked
package ai.djl.serving.util;

import org.jspecify.annotations.NullMarked;
