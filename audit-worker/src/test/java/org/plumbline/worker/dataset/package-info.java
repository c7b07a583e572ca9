@NullMarked
package org.plumbline.worker.dataset;

import org.jspecify.annotations.NullMarked;
