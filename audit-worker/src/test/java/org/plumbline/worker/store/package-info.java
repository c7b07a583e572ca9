@NullMarked
package org.plumbline.worker.store;

import org.jspecify.annotations.NullMarked;
