/** What a host offers and gets: models attached, routes served. Uses everything above it. */
@NullMarked
package org.plumbline.plugin.host;

import org.jspecify.annotations.NullMarked;
