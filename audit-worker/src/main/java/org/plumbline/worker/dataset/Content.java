package org.plumbline.worker.dataset;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Optional;

/**
 * What a folder holds, checked.
 *
 * @param inputs {@code [n, c, h, w]}
 * @param masks of the artifact, {@code [n, h, w]}, at least 0
 */
record Content(FloatTensor inputs, Columns columns, Optional<FloatTensor> masks) {}
