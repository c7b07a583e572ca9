package org.plumbline.core.window;

/**
 * What one request showed about one concept. Immutable.
 *
 * @param mean mean sensitivity over locations, logits per unit of activation
 * @param meanAbsolute mean magnitude over locations, at least 0
 * @param positive locations with positive sensitivity
 * @param negative locations with negative sensitivity
 */
public record ConceptSample(double mean, double meanAbsolute, int positive, int negative) {}
