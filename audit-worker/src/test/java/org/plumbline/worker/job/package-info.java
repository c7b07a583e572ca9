@NullMarked
package org.plumbline.worker.job;

import org.jspecify.annotations.NullMarked;
