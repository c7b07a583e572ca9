package org.plumbline.core.torchscript.source;

/**
 * A local name for an attribute. Immutable.
 *
 * @param name the local name
 * @param base the object: SELF or another alias
 * @param attribute the attribute's name
 */
public record Alias(String name, String base, String attribute) {}
