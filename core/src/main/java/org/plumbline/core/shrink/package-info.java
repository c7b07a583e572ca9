/** Archives without the channels they can do without, checked in the engine. */
@org.jspecify.annotations.NullMarked
package org.plumbline.core.shrink;
