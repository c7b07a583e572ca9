@NullMarked
package org.plumbline.worker.metrics;

import org.jspecify.annotations.NullMarked;
