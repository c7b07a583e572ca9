@NullMarked
package org.plumbline.worker.autoencoder;

import org.jspecify.annotations.NullMarked;
