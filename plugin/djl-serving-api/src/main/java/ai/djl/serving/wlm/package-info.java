/** Signatures of DJL Serving's model registration. */
@NullMarked
package ai.djl.serving.wlm;

import org.jspecify.annotations.NullMarked;
