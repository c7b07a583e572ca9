package org.plumbline.core.instrument;

import java.util.Optional;

/**
 * One module path of an archive. Immutable.
 *
 * @param path attribute path
 * @param type class name without packages
 * @param obstacle why it cannot be tapped; empty: it can
 */
public record LayerStatus(String path, String type, Optional<String> obstacle) {}
