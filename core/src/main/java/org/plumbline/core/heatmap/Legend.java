package org.plumbline.core.heatmap;

/**
 * The words all maps share. Immutable.
 *
 * @param title method and model
 * @param quantity what a value is, with its unit, such as {@code relevance, logits}
 */
public record Legend(String title, String quantity) {}
