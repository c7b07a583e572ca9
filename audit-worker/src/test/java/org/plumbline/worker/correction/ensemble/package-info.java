@NullMarked
package org.plumbline.worker.correction.ensemble;

import org.jspecify.annotations.NullMarked;
