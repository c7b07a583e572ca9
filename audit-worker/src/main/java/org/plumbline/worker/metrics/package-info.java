/** Numbers of the worker for Prometheus; sole user of Micrometer. Uses job. */
@NullMarked
package org.plumbline.worker.metrics;

import org.jspecify.annotations.NullMarked;
