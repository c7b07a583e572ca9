package org.plumbline.core.heatmap;

/**
 * The words of one map. Immutable.
 *
 * @param heading what people look for first, such as class and probability
 * @param detail a second line; may be empty
 */
public record Caption(String heading, String detail) {}
