package org.plumbline.core.instrument;

import java.util.Optional;

/**
 * One module path of an archive, or an operation in the forward of one. Immutable.
 *
 * @param path attribute path
 * @param type class name without packages, or the function called
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
        Optional<String> splitObstacle) {
    private static final String NO_SPLIT = "it is an operation: corrections cut models at modules";

    static LayerStatus operation(String path, String function) {
        return new LayerStatus(
                path, function, Optional.empty(), Optional.empty(), Optional.of(NO_SPLIT));
    }
}
