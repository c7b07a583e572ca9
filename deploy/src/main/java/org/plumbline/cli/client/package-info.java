/** A gRPC client of a worker: uploads, corrections, downloads. */
@NullMarked
package org.plumbline.cli.client;

import org.jspecify.annotations.NullMarked;
