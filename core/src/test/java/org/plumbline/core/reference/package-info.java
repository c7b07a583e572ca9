/** Parity with numbers computed by published code; runs on any folder of the fixture format. */
@NullMarked
package org.plumbline.core.reference;

import org.jspecify.annotations.NullMarked;
