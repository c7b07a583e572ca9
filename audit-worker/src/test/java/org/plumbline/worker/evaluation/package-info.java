@NullMarked
package org.plumbline.worker.evaluation;

import org.jspecify.annotations.NullMarked;
