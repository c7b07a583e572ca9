package org.plumbline.worker.dataset;

import org.plumbline.core.tensor.FloatTensor;

/**
 * What a folder holds, checked.
 *
 * @param inputs {@code [n, c, h, w]}
 */
record Content(FloatTensor inputs, Columns columns) {}
