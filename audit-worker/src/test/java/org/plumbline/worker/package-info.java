@NullMarked
package org.plumbline.worker;

import org.jspecify.annotations.NullMarked;
