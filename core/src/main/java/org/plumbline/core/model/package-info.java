/** Validated names and identities: layers, concepts, digests, seeds. Uses nothing but error. */
@NullMarked
package org.plumbline.core.model;

import org.jspecify.annotations.NullMarked;
