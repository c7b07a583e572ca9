@NullMarked
package org.plumbline.worker.fairwashing;

import org.jspecify.annotations.NullMarked;
