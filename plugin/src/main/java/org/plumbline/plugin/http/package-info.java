/** Status page and JSON under /audit, free of any server's classes. Uses metrics and delivery. */
@NullMarked
package org.plumbline.plugin.http;

import org.jspecify.annotations.NullMarked;
