/** Corrections as jobs: stages, states on disk, attempts. Uses delivery. */
@NullMarked
package org.plumbline.worker.job;

import org.jspecify.annotations.NullMarked;
