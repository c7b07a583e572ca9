package org.plumbline.core.torchscript.source;

/**
 * A parameter of a method after SELF. Immutable.
 *
 * @param type as printed, such as {@code Tensor} or {@code Optional[Tensor]}
 */
public record Parameter(String name, String type) {}
