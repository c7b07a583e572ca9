/** Files of the worker: content-addressed blobs, resumable uploads, atomic writes. Uses config. */
@NullMarked
package org.plumbline.worker.store;

import org.jspecify.annotations.NullMarked;
