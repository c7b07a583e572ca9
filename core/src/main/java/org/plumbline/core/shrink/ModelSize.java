package org.plumbline.core.shrink;

/**
 * How large a model is. Immutable.
 *
 * @param parameters float32 parameters
 * @param bytes of the file
 * @param operations floating-point operations of convolutions and linear layers for one sample, two
 *     for each multiplication
 */
public record ModelSize(long parameters, long bytes, long operations) {}
