/** The worker's wiring, and its work without gRPC. Uses every package below. */
@NullMarked
package org.plumbline.worker;

import org.jspecify.annotations.NullMarked;
