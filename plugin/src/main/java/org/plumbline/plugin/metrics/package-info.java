/** Snapshots and counts as Prometheus series; sole user of Micrometer. Uses pipeline. */
@NullMarked
package org.plumbline.plugin.metrics;

import org.jspecify.annotations.NullMarked;
