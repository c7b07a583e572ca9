/** Which channels of an archive's tensors belong together, and which of them it can do without. */
@org.jspecify.annotations.NullMarked
package org.plumbline.core.instrument.channel;
