package org.plumbline.worker.job;

/**
 * A sealed archive. Immutable.
 *
 * @param sha256 64 lower-case hexadecimal digits
 */
public record Checkpoint(String sha256, long sizeBytes) {}
