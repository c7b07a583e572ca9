@NullMarked
package org.plumbline.worker.request;

import org.jspecify.annotations.NullMarked;
