package org.plumbline.core.torchscript;

import java.util.List;
import java.util.OptionalInt;

/**
 * A module of the archive. Immutable.
 *
 * @param path attribute path from the root; empty for the root
 * @param type qualified class name
 * @param tensors names of tensor attributes of this module, without path
 * @param trainingFlag where the one-byte opcode of attribute {@code training} stands in {@code
 *     data.pkl}, if there is one
 */
public record ModuleNode(String path, String type, List<String> tensors, OptionalInt trainingFlag) {
    /** Copies the list. */
    public ModuleNode {
        tensors = List.copyOf(tensors);
    }

    /** Returns the class name without packages, such as {@code Conv2d}. */
    public String simpleType() {
        return type.substring(type.lastIndexOf('.') + 1);
    }
}
