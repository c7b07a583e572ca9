@NullMarked
package org.plumbline.worker.config;

import org.jspecify.annotations.NullMarked;
