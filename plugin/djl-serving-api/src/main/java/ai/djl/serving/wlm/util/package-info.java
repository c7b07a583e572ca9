/** Signatures of DJL Serving's model events. */
@NullMarked
package ai.djl.serving.wlm.util;

import org.jspecify.annotations.NullMarked;
