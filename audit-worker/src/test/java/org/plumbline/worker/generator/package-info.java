@NullMarked
package org.plumbline.worker.generator;

import org.jspecify.annotations.NullMarked;
