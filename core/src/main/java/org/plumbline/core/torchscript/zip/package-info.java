/**
 * Reads zip directories strictly and rewrites zip files without decoding what stays. Uses error.
 */
@NullMarked
package org.plumbline.core.torchscript.zip;

import org.jspecify.annotations.NullMarked;
