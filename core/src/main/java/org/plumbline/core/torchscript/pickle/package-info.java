/** Reads pickles opcode by opcode into plain values; builds no objects. Uses error. */
@NullMarked
package org.plumbline.core.torchscript.pickle;

import org.jspecify.annotations.NullMarked;
