package org.plumbline.worker.delivery;

import org.plumbline.core.model.Digest;

/**
 * A model as a server announces it. Immutable.
 *
 * @param archive digest of the archive served now
 */
public record ServedModel(String name, String version, Digest archive) {}
