@NullMarked
package org.plumbline.core.shrink;

import org.jspecify.annotations.NullMarked;
