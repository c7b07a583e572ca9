/** Reads and writes TorchScript archives byte-stably; runs nothing. Uses error and model. */
@NullMarked
package org.plumbline.core.torchscript;

import org.jspecify.annotations.NullMarked;
