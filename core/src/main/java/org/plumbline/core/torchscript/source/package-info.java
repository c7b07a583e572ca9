/** Reads the printed form of TorchScript code with positions. Uses error. */
@NullMarked
package org.plumbline.core.torchscript.source;

import org.jspecify.annotations.NullMarked;
