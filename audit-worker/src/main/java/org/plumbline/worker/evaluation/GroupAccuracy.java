package org.plumbline.worker.evaluation;

/**
 * Accuracy of one group. Immutable.
 *
 * @param label class, from 0
 * @param concept value of the spurious attribute; 1 with the concept, 0 without
 * @param accuracy in [0, 1]
 * @param samples at least 1
 */
public record GroupAccuracy(int label, int concept, double accuracy, long samples) {}
