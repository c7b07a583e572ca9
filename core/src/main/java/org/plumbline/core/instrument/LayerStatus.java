package org.plumbline.core.instrument;

import java.util.Optional;

/**
 * One module path of an archive. Immutable.
 *
 * @param path attribute path
 * @param type class name without packages
 * @param obstacle why it cannot be tapped; empty: it can
 * @param offer the nearest layer that can be tapped instead; empty if this one can, or none
 * @param splitObstacle why the model cannot be split behind it to train what follows, quoting the
 *     statement that prevents it; empty: it can
 */
public record LayerStatus(
        String path,
        String type,
        Optional<String> obstacle,
        Optional<String> offer,
        Optional<String> splitObstacle) {}
