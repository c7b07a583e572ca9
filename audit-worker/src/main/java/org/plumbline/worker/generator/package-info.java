/** Audit data sets with a bias of known strength, made from any images. Uses dataset. */
@NullMarked
package org.plumbline.worker.generator;

import org.jspecify.annotations.NullMarked;
