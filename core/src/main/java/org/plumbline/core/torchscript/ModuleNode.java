package org.plumbline.core.torchscript;

import java.util.List;

/**
 * A module of the archive. Immutable.
 *
 * @param path attribute path from the root; empty for the root
 * @param type qualified class name
 * @param tensors names of tensor attributes of this module, without path
 */
public record ModuleNode(String path, String type, List<String> tensors) {
    /** Copies the list. */
    public ModuleNode {
        tensors = List.copyOf(tensors);
    }

    /** Returns the class name without packages, such as {@code Conv2d}. */
    public String simpleType() {
        return type.substring(type.lastIndexOf('.') + 1);
    }
}
