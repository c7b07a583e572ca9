/** Signatures of DJL Serving's plugin interface. */
@NullMarked
package ai.djl.serving.plugins;

import org.jspecify.annotations.NullMarked;
