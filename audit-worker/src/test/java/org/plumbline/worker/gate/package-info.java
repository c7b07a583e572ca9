@NullMarked
package org.plumbline.worker.gate;

import org.jspecify.annotations.NullMarked;
