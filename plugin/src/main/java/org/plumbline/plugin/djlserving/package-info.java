/** DJL Serving adapter; sole user of its classes and of Netty. Uses host. */
@NullMarked
package org.plumbline.plugin.djlserving;

import org.jspecify.annotations.NullMarked;
