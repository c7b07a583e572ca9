package org.plumbline.plugin.repair;

import org.plumbline.core.model.Digest;

/**
 * A model as the worker hears of it. Immutable.
 *
 * @param name served name
 * @param version the server's version and the short digest
 * @param archive digest served now
 */
public record AnnouncedModel(String name, String version, Digest archive) {}
