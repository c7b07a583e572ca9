/**
 * The line to the worker: announcing, downloading, requesting; sole user of gRPC. Uses config and
 * proto.
 */
@NullMarked
package org.plumbline.plugin.repair;

import org.jspecify.annotations.NullMarked;
