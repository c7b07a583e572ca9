/** What a worker is told at start: file, environment, checks. Uses core. */
@NullMarked
package org.plumbline.worker.config;

import org.jspecify.annotations.NullMarked;
