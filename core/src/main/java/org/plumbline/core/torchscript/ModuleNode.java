package org.plumbline.core.torchscript;

import java.util.List;
import java.util.Map;

/**
 * A module of the archive. Immutable.
 *
 * @param path attribute path from the root; empty for the root
 * @param type qualified class name
 * @param tensors names of tensor attributes of this module, without path
 * @param flags values of its boolean attributes
 * @param object the first path of the same object; equal to {@code path} unless it is shared
 */
public record ModuleNode(
        String path, String type, List<String> tensors, Map<String, Boolean> flags, String object) {
    /** Copies the collections. */
    public ModuleNode {
        tensors = List.copyOf(tensors);
        flags = Map.copyOf(flags);
    }

    /** Returns the class name without packages, such as {@code Conv2d}. */
    public String simpleType() {
        return type.substring(type.lastIndexOf('.') + 1);
    }
}
