@NullMarked
package org.plumbline.worker.twin;

import org.jspecify.annotations.NullMarked;
