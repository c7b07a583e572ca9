/** Files that are replaced whole. Uses nothing. */
@NullMarked
package org.plumbline.plugin.store;

import org.jspecify.annotations.NullMarked;
