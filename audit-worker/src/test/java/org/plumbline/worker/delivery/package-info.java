@NullMarked
package org.plumbline.worker.delivery;

import org.jspecify.annotations.NullMarked;
